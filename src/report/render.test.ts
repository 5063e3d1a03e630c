import { expect, test } from 'vitest';
import { createPaint } from './paint.ts';
import { renderProblem } from './render.ts';

const plain = createPaint(false);
const place = { file: '/p/a.js', line: 7, column: 5, length: 3 };

test('render puts the squiggle below its word when the line is indented by tabs', () => {
  const error = {
    code: 'MODULE_THREW',
    message: 'No',
    location: { ...place, column: 3 },
    excerpt: '\t\tfoo()',
  } as const;
  expect(renderProblem({ error }, plain).split('\n').slice(1, 3)).toEqual(['  7 | \t\tfoo()', '    | \t\t^^^']);
});

test('render shows a part of the line when the line is very long', () => {
  const location = { ...place, column: 5001 };
  const excerpt = `${'a'.repeat(5000)}bad${'z'.repeat(5000)}`;
  const lines = renderProblem({ error: { code: 'MODULE_SYNTAX', message: 'No', location, excerpt } }, plain).split(
    '\n',
  );
  const [, source = '', squiggle = ''] = lines;
  expect(source.length).toBeLessThan(200);
  expect(source.slice(squiggle.indexOf('^'), squiggle.lastIndexOf('^') + 1)).toBe('bad');
});

test('render squiggles at least one column when the place is the end of a line', () => {
  const error = { code: 'MODULE_SYNTAX', message: 'No', location: { ...place, column: 4 }, excerpt: 'foo' } as const;
  expect(renderProblem({ error }, plain)).toContain('  7 | foo\n    |    ^\n');
});

test('render strips escape sequences when a message, a line of source or output holds them', () => {
  const error = {
    code: 'RECIPE_THREW',
    message: '\u001b[2Jx',
    location: place,
    excerpt: '\u001b]0;t\u0007foo',
  } as const;
  expect(renderProblem({ error, output: ['\u001b[31mred'] }, plain)).not.toContain('\u001b');
});

test('render says the code last when there is a hint and a log', () => {
  const error = { code: 'COMMAND_FAILED', message: 'No', hint: 'Do' } as const;
  expect(renderProblem({ error, logFile: '/l' }, plain)).toBe(
    'error: No\n  log:  /l\n  hint: Do\n  code: COMMAND_FAILED',
  );
});

test('render uses colours only when it may', () => {
  const error = { code: 'COMMAND_FAILED', message: 'No' } as const;
  expect(renderProblem({ error }, createPaint(true))).toContain('\u001b[31merror:');
  expect(renderProblem({ error }, plain)).not.toContain('\u001b');
});
