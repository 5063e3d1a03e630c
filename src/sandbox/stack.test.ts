import { expect, test } from 'vitest';
import { findLocation } from './stack.ts';

const authored = new Set(['/r/recipe.js', '/r (a)/b (c).js']);
const find = (...frames: string[]) => findLocation(frames.join('\n'), (file) => authored.has(file));
const at = (line: number, column = 1, file = '/r/recipe.js') => ({ file, line, column });

test.each([
  ['a function', ['    at build (/r/recipe.js:3:7)'], at(3, 7)],
  ['a place without a column', ['    at build (/r/recipe.js:3)'], at(3)],
  ['a syntax error', ['    at /r/recipe.js:3:7', '    at f (/r/recipe.js:4:1)'], at(3, 7)],
  [
    'functions of the engine',
    ['    at map (native)', '    at f (galley:prelude/x.js:1:1)', '    at /r/recipe.js:5'],
    at(5),
  ],
  ['a directory with parentheses', ['    at f (/r (a)/b (c).js:3:7)'], at(3, 7, '/r (a)/b (c).js')],
  ['a syntax error in such a directory', ['    at /r (a)/b (c).js:3:7'], at(3, 7, '/r (a)/b (c).js')],
  ['a function with a name like a frame', ['    at x (/r/no.js:1) (/r/recipe.js:3:7)'], at(3, 7)],
  ['a name of several lines', ['    at a', ':1:2)', 'b (/r/recipe.js:1:1)', '    at f (/r/recipe.js:3:7)'], at(3, 7)],
  ['nothing of the author', ['    at map (native)', ''], undefined],
])('the place of %s is found', (_, frames, place) => {
  expect(find(...frames)).toEqual(place);
});

test('a name that costs every way of reading it is read in no time', () => {
  const name = `a${' ('.repeat(400_000)}${':1'.repeat(400_000)}z\nz`;
  const started = performance.now();
  expect(find(`    at ${name} (/r/recipe.js:3:7)`)).toBeUndefined();
  expect(performance.now() - started).toBeLessThan(500);
});
