import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inert, workflowCommand } from './workflow.ts';

test('a workflow command is one line whatever is in its values', () => {
  const place = { file: 'a,b:c.js', line: 3, col: undefined, title: '100%\r\n' };
  expect(workflowCommand('error', place, 'first\nsecond: 5 %')).toBe(
    '::error file=a%2Cb%3Ac.js,line=3,title=100%25%0D%0A::first%0Asecond: 5 %25',
  );
  expect(workflowCommand('endgroup', {}, '')).toBe('::endgroup::');
});

test.each([
  ['::set-output name=x::y', '\\::set-output name=x::y'],
  ['fine\n  ::error::no', 'fine\n\\  ::error::no'],
  ['fine\r::error::no', 'fine\n\\::error::no'],
  ['\u001b[31m::error::no', '\\\u001b[31m::error::no'],
  ['\u00a0::error::no', '\\\u00a0::error::no'],
  ['a ##[add-mask]b', 'a #\\#[add-mask]b'],
  ['std::string and # [x]', 'std::string and # [x]'],
])('text %j becomes %j, in which a runner finds no command', (text, expected) => {
  expect(inert(text)).toBe(expected);
});

/** How the runner itself looks at a line: ActionCommand.TryParseV2 and TryParse. */
const isCommand = (line: string) => line.trimStart().startsWith('::') || line.includes('##[');

test('no text at all holds a command when it is inert', () => {
  const parts = fc.constantFrom('::', ':', '#', '##[', '[', '\n', '\r', ' ', '\t', '\u2003', '\u001b[1m', 'x', '\\');
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 12 }), (chosen) => {
      const lines = inert(chosen.join('')).split(/\r\n|[\r\n]/);
      return !lines.some(isCommand);
    }),
    { numRuns: 2000 },
  );
});
