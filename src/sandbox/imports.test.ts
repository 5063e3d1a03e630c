// Ways of an import out of its directory: by spelling, by links, by links that are swapped while it is loaded, and by
// code that imports when it runs.
import { execFileSync } from 'node:child_process';
import { renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rounds } from '../../functional_tests/rig/rounds.ts';
import { createSandboxRig, failureOf, type SandboxRig } from '../testing/sandbox.ts';

let rig: SandboxRig;
beforeAll(() => {
  rig = createSandboxRig();
  writeFileSync(path.join(rig.dir, 'secret.js'), 'export const a = "secret";');
  writeFileSync(path.join(rig.dir, '1..js'), 'export const a = "secret";');
});
afterAll(() => rig[Symbol.asyncDispose]());

/** `SECRET` stands for the real path of a module outside. */
const SPECIFIERS = [
  ...[
    'data:text/javascript,export const a = 1',
    'file://SECRET',
    'SECRET',
    '//SECRET',
    'node:fs',
    'fs',
    'https://h/x.js',
  ],
  ...['../secret.js', './../secret.js', './lib/../../secret.js', './lib.js/../../secret.js', './/..//secret.js'],
  ...[
    './%2e%2e/secret.js',
    './..%2fsecret.js',
    './%2E./secret.js',
    '.\\..\\secret.js',
    '..\\secret.js',
    './\uff0e\uff0e/secret.js',
  ],
  ...[
    './\u2024\u2024/secret.js',
    './..\uff0fsecret.js',
    './\ud800.js',
    './\u202esj.bil',
    './lib.js\n',
    './lib.js ',
    './LIB.js\u0000',
  ],
  ...[
    './lib.js?x',
    './lib.js#x',
    './',
    '.',
    '..',
    '',
    ' ./lib.js',
    'bundle:',
    'bundle:a',
    'bundle:../secret.js',
    'bundle:a/../../secret.js',
  ],
  ...[
    'bundle:SECRET',
    '#private',
    '@scope/name',
    'galley:prelude/start.js',
    'refused:x',
    `./${'x/'.repeat(3000)}x.js`,
    `./${'y'.repeat(100_000)}`,
  ],
];

test.each(SPECIFIERS.map((specifier) => [specifier.slice(0, 40), specifier]))(
  'import of %j is refused',
  async (_, specifier) => {
    const text = JSON.stringify(specifier.replace('SECRET', path.join(rig.dir, 'secret.js')));
    for (const form of [
      `import ${text}`,
      `export { a } from ${text}`,
      `import * as all from ${text}; export { all }`,
    ]) {
      const module = rig.module({ 'recipe.js': `${form};`, 'lib.js': 'export const a = 1;' });
      expect(await failureOf(rig.sandbox.describe(module)), form).toMatchObject({ code: 'IMPORT_REFUSED' });
    }
  },
);

const DYNAMIC = [
  'await import("./lib.js")',
  'await eval("import(\'./lib.js\')")',
  'await new Function("return import(\'./lib.js\')")()',
  'await import({ toString: () => "./lib.js" })',
  'await (async () => {}).constructor("return import(\'./lib.js\')")()',
];

test.each(DYNAMIC)('%s is refused at the top level and in a verb', async (expression) => {
  const lib = 'export const a = 1;';
  const top = rig.module({ 'recipe.js': `export const a = ${expression};`, 'lib.js': lib });
  expect(await failureOf(rig.sandbox.describe(top))).toMatchObject({ code: 'IMPORT_REFUSED' });
  const verb = rig.module({ 'recipe.js': `export async function build() { return ${expression} }`, 'lib.js': lib });
  expect(await failureOf(rig.build('', { module: verb }))).toMatchObject({ code: 'IMPORT_REFUSED' });
});

test.each([
  ['a pipe', (file: string) => execFileSync('mkfifo', [file]), 'it is not a file'],
  ['a device', (file: string) => symlinkSync('/dev/zero', file), 'it is not a file'],
  ['itself', (file: string) => symlinkSync(path.basename(file), file), 'it cannot be read'],
  ['the text of another program', (file: string) => symlinkSync('/etc/hostname', file), 'leads outside'],
  ['cut in two', (file: string) => writeFileSync(file, 'export const a = 1;\0not JavaScript'), 'a NUL character'],
  ['a file of gigabytes', (file: string) => execFileSync('truncate', ['-s', '5G', file]), 'larger than 4 MiB'],
])('a module that is %s is refused', async (_, make, reason) => {
  const module = rig.module('export { a } from "./odd.js"');
  make(path.join(module.rootDir, 'odd.js'));
  const failure = await failureOf(rig.sandbox.describe(module));
  expect(failure).toMatchObject({ code: 'IMPORT_REFUSED', message: expect.stringContaining(reason) });
});

test('a NUL in the entry is refused in the words that an import has', async () => {
  const failure = await failureOf(rig.sandbox.describe(rig.module('export const a = 1; // \0\nnot JavaScript')));
  expect(failure).toMatchObject({
    code: 'IMPORT_REFUSED',
    message: expect.stringMatching(/it contains a NUL character$/),
  });
});

/** Swaps a file and a directory for links that lead out, as fast as the disk can. */
const SWAP = `
  const fs = require('node:fs');
  const { dir, outside, stop } = require('node:worker_threads').workerData;
  for (let n = 0; !Atomics.load(stop, 0); n++) {
    if (n % 2) fs.writeFileSync(dir + '/next', 'export const a = "inside";');
    else fs.symlinkSync(outside + '/secret.js', dir + '/next');
    fs.renameSync(dir + '/next', dir + '/file.js');
    fs.symlinkSync(n % 2 ? 'inner' : outside, dir + '/next');
    fs.renameSync(dir + '/next', dir + '/link');
  }`;

test('a link that is swapped while a module is loaded leads nowhere outside', async () => {
  const module = rig.module({
    'recipe.js': 'export { a } from "./file.js"; export { a as b } from "./link/secret.js";',
    'inner/secret.js': 'export const a = "inside";',
    'file.js': 'export const a = "inside";',
  });
  symlinkSync('inner', path.join(module.rootDir, 'next'));
  renameSync(path.join(module.rootDir, 'next'), path.join(module.rootDir, 'link'));
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const swapping = new Worker(SWAP, { eval: true, workerData: { dir: module.rootDir, outside: rig.dir, stop } });
  const ended = new Promise((resolve) => swapping.once('exit', resolve));
  const seen: Record<string, number> = {};
  for (let round = 0; round < rounds(400, 20_000); round++) {
    const end = await rig.sandbox.describe(module).then(
      ({ exports }) => `${exports.a} ${exports.b}`,
      ({ code }) => String(code),
    );
    seen[end] = (seen[end] ?? 0) + 1;
  }
  Atomics.store(stop, 0, 1);
  await ended;
  process.stdout.write(`swapped modules: ${JSON.stringify(seen)}\n`);
  expect(Object.keys(seen).sort()).toEqual(['IMPORT_REFUSED', 'inside inside']);
});

test('a missing export is told with the place of its import, however long the path of the module is', async () => {
  const deep = `${'d'.repeat(120)}/${'e'.repeat(120)}/lib.js`;
  const module = rig.module({ 'recipe.js': `\nimport { gone } from "./${deep}";`, [deep]: 'export const a = 1;' });
  expect(await failureOf(rig.sandbox.describe(module))).toMatchObject({
    code: 'IMPORT_REFUSED',
    message: '"lib.js" does not export "gone"',
    location: { line: 2 },
  });
});
