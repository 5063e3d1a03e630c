// Words that mean more to a shell than their letters: values of options and variables, and names of products, reach
// commands and launchers letter by letter.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { assetOf } from './rig/disk.ts';
import { succeed } from './rig/galley.ts';
import { findEscaped } from './rig/outside.ts';
import { createProject } from './rig/project.ts';

const TOOL = 'test.tool@r1';

/** Each would make a file "escaped", or end the word it stands in, if a shell read it as code. */
const WORDS = [
  ...[
    `'; touch escaped; '`,
    '"; touch escaped; "',
    '$(touch escaped)',
    '`touch escaped`',
    '${x' + ':=$(touch escaped)}',
    '\n touch escaped\n',
  ],
  ...[
    '&& touch escaped',
    '| tee escaped',
    '> escaped',
    '-rf',
    '--',
    '*',
    '~',
    '!!',
    '\\',
    '\\n',
    '%s%n',
    'a=b',
    ' ',
    '\t',
    '#',
    '\u202e',
    '\u001b[2J',
  ],
  ...['é', 'e\u0301', '\uff0f..', 'PATH=.', '() { :;}; touch escaped', '$IFS', 'a\rb', "it's"],
];

test('what a recipe says reaches commands and launchers letter by letter', async () => {
  const options = Object.fromEntries(WORDS.map((word, index) => [`w${index}`, word]));
  const schema = {
    ...Object.fromEntries(Object.keys(options).map((name) => [name, { type: 'string' }])),
    all: { type: 'list' },
  };
  const program = `it's $(touch escaped) "x"`;
  const project = await createProject({
    'galley.js': `export const recipe_roots = ['recipes'];
      export const packages = [${JSON.stringify({ recipe: TOOL, options: { ...options, all: WORDS } })}];`,
    [`recipes/${TOOL}.js`]: `
      export const options = ${JSON.stringify(schema)};
      export const products = { odd: ${JSON.stringify(program)} };
      export async function build(ctx) {
        const found = { options: [], all: '', env: [], argv: [], refused: [] };
        const echo = async (script, more) => (await ctx.run(script, more)).stdout;
        for (const name of Object.keys(ctx.options)) {
          if (name === 'all') continue;
          found.options.push(await echo('printf "%s" "$GALLEY_OPTION_' + name.toUpperCase() + '"'));
        }
        found.all = JSON.parse(await echo('printf "%s" "$GALLEY_OPTION_ALL"'));
        const words = ctx.options.all;
        const env = Object.fromEntries(words.map((word, index) => ['V' + index, word]));
        found.env = JSON.parse(await echo(['console.log(JSON.stringify(Object.entries(process.env)))'], { env, shell: { inline: [${JSON.stringify(process.execPath)}, '-e'] } }))
          .filter(([name]) => /^V\\d/.test(name)).map(([, value]) => value);
        for (const word of words) {
          found.argv.push(await echo('x', { shell: { inline: ['printf', '%s\\n', word] } }));
        }
        for (const bad of [{ 'A=B': '1' }, { '': '1' }, { A: '\\0' }, { 'A\\0': '1' }, { A: {} }]) {
          found.refused.push(await ctx.run('true', { env: bad }).then(() => 'run', ({ code }) => code));
        }
        await ctx.write('found.json', JSON.stringify(found));
        await ctx.write(${JSON.stringify(program)}, '#!/bin/sh\\necho "ran $*"\\n');
        await ctx.chmod(${JSON.stringify(program)}, 0o755);
      }`,
  });
  await succeed(project, 'sync');
  const asset = await assetOf(project, TOOL);
  const found = JSON.parse(asset['found.json'] ?? '');
  expect(found.options).toEqual(
    Object.keys(options)
      .sort()
      .map((name) => options[name]),
  );
  expect(found.all).toEqual(WORDS);
  expect(found.env).toEqual(WORDS);
  expect(found.argv).toEqual(WORDS.map((word) => `${word}\nx\n`));
  expect(found.refused).toEqual(found.refused.map(() => 'INVALID_ARGUMENT'));
  const { stdout } = await promisify(execFile)(project.at('.galley/bin/odd'), ['$(touch escaped)', `'`], {
    cwd: project.dir,
  });
  expect(stdout).toBe(`ran $(touch escaped) '\n`);
  expect((await succeed(project, ['run', 'odd', '$(touch escaped)'])).stdout).toBe('ran $(touch escaped)\n');
  expect((await findEscaped(project)).filter((name) => !name.includes(`it's`))).toEqual([]);
});
