import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ModuleSource } from '../model/module.ts';
import { createSandboxRig, failureOf, type SandboxRig } from '../testing/sandbox.ts';

let rig: SandboxRig;
beforeAll(() => {
  rig = createSandboxRig();
});
afterAll(() => rig[Symbol.asyncDispose]());

const describe = (files: Record<string, string> | string) => rig.sandbox.describe(rig.module(files));

test('describe tells data as it is and functions by name, at any depth', async () => {
  const { exports } = await describe(
    'export const a = [1, "x", { b: null, c: undefined }]; export const f = () => {}; export const t = { g() {} }',
  );
  expect(exports).toEqual({ a: [1, 'x', { b: null }], f: { $function: 'f' }, t: { g: { $function: 'g' } } });
});

test('describe lists every module of the import graph, sorted, with cycles', async () => {
  const module = rig.module({
    'recipe.js': 'import { b } from "./lib/b.js"; export const a = b;',
    'lib/b.js': 'import "../recipe.js"; export { b } from "./a.js";',
    'lib/a.js': 'export const b = 7;',
  });
  const { exports, files } = await rig.sandbox.describe(module);
  expect(exports).toEqual({ a: 7 });
  expect(files).toEqual(['lib/a.js', 'lib/b.js', 'recipe.js'].map((name) => path.join(module.rootDir, name)));
});

test('a bundle import is found in the directory of its alias, and stays there', async () => {
  const bundle = rig.module({ 'lib/x.js': 'export const x = 1;', 'out.js': 'export * from "../secret.js";' });
  writeFileSync(path.join(bundle.rootDir, '../secret.js'), 'export const s = 1;');
  const moduleWith = (text: string) => {
    const module = rig.module(text);
    return { ...module, bundles: { [module.rootDir]: { tools: bundle.rootDir } } };
  };
  const good = moduleWith('\nexport { x } from "bundle:tools/lib/x.js"');
  expect(await rig.sandbox.describe(good)).toMatchObject({
    exports: { x: 1 },
    bundles: { tools: { file: good.entryFile, line: 2 } },
  });
  for (const specifier of ['bundle:tools/out.js', 'bundle:tools/../secret.js', 'bundle:tools//etc/passwd']) {
    const bad = moduleWith(`export * from "${specifier}"`);
    expect(await failureOf(rig.sandbox.describe(bad))).toMatchObject({
      code: 'IMPORT_REFUSED',
      message: expect.stringContaining('leads outside'),
    });
  }
});

test('each directory has its own names of bundles, and one without a meaning is told to whoever can find it', async () => {
  const deep = rig.module({ 'deep.js': 'export const d = 1;' });
  const bundle = rig.module({ 'b.js': 'export { d } from "bundle:inner/deep.js";' });
  const module = rig.module('export { d } from "bundle:tools/b.js"; export * from "bundle:inner/deep.js";');
  const told = async (bundles: NonNullable<ModuleSource['bundles']>) =>
    (await failureOf(rig.sandbox.describe({ ...module, bundles }))).facts;
  expect(await told({})).toEqual({ bundle: 'tools', importer_root: module.rootDir });
  const first = { [module.rootDir]: { tools: bundle.rootDir } };
  expect(await told(first)).toEqual({ bundle: 'inner', importer_root: bundle.rootDir });
  // What the bundle calls so, the recipe does not.
  expect(await told({ ...first, [bundle.rootDir]: { inner: deep.rootDir } })).toEqual({
    bundle: 'inner',
    importer_root: module.rootDir,
  });
  for (const name of ['__proto__', 'constructor']) {
    const odd = rig.module(`export * from "bundle:${name}/x.js"`);
    const failure = await failureOf(rig.sandbox.describe({ ...odd, bundles: { [odd.rootDir]: {} } }));
    expect(failure.facts).toEqual({ bundle: name, importer_root: odd.rootDir });
  }
});

test('an import that leaves the directory is refused, with its line', async () => {
  const module = rig.module('const a = 1;\n\nimport x from "../x.js";');
  expect(await failureOf(rig.sandbox.describe(module))).toMatchObject({
    code: 'IMPORT_REFUSED',
    message: expect.stringContaining('Cannot import "../x.js" in "recipe.js": it leads outside'),
    location: { file: module.entryFile, line: 3, column: 15 },
  });
});

test('an import of a sibling directory with the same beginning is refused', async () => {
  const module = rig.module('export * from "../1x/x.js"');
  mkdirSync(`${module.rootDir}x`);
  writeFileSync(`${module.rootDir}x/x.js`, 'export const x = 1');
  writeFileSync(module.entryFile, `export * from "../${path.basename(module.rootDir)}x/x.js"`);
  expect(await failureOf(rig.sandbox.describe(module))).toMatchObject({ code: 'IMPORT_REFUSED' });
});

test('a link that leads out is refused, for a file and for a directory on the way', async () => {
  const secret = rig.module({ 'secret.js': 'export const s = 1;' });
  for (const [link, target, specifier] of [
    ['out.js', secret.entryFile, './out.js'],
    ['dir', secret.rootDir, './dir/secret.js'],
  ] as const) {
    const module = rig.module(`export * from "${specifier}"`);
    symlinkSync(target, path.join(module.rootDir, link));
    expect(await failureOf(rig.sandbox.describe(module))).toMatchObject({
      code: 'IMPORT_REFUSED',
      message: expect.stringContaining('leads outside'),
    });
  }
});

test.each([
  ['a missing file', 'import "./nope.js"', 'it does not exist'],
  ['a directory', 'import "./"', 'leads outside'],
  ['a package', 'import "left-pad"', 'only "./", "../" and "bundle:" imports exist'],
  ['a module of node', 'import "node:fs"', 'only "./", "../" and "bundle:" imports exist'],
  ['a bundle without a file', 'import "bundle:tools"', 'it names no file of the bundle'],
  ['an absolute path', 'import "/etc/passwd"', 'only "./", "../" and "bundle:" imports exist'],
  ['a URL', 'import "https://example.com/x.js"', 'only "./", "../" and "bundle:" imports exist'],
])('an import of %s is refused', async (_, text, reason) => {
  expect(await failureOf(describe(text))).toMatchObject({
    code: 'IMPORT_REFUSED',
    message: expect.stringContaining(reason),
    location: { line: 1 },
  });
});

test('an import of a name that is not exported tells the importer and its line', async () => {
  const module = rig.module({
    'recipe.js': '\nimport { b } from "./lib.js"; export { b }',
    'lib.js': 'export const a = 1;',
  });
  expect(await failureOf(rig.sandbox.describe(module))).toMatchObject({
    code: 'IMPORT_REFUSED',
    message: '"lib.js" does not export "b"',
    location: { file: module.entryFile, line: 2 },
  });
});

test('a dynamic import is refused at the top level and in a verb, also of a file that exists', async () => {
  const texts = {
    'recipe.js': '\nexport async function build() {\n  await import("./lib.js");\n}',
    'lib.js': 'export const a = 1;',
  };
  const module = rig.module(texts);
  const failure = await failureOf(rig.build('', { module }));
  expect(failure).toMatchObject({ code: 'IMPORT_REFUSED', location: { file: module.entryFile, line: 3 } });
  expect(failure.message).toContain('dynamic imports are not allowed');
  expect(await failureOf(describe('await import("./recipe.js")'))).toMatchObject({ code: 'IMPORT_REFUSED' });
});

test('a syntax error tells the file, line and column', async () => {
  const module = rig.module({ 'recipe.js': 'import "./lib.js"', 'lib.js': 'export const a = 1;\nexport const b = ;' });
  expect(await failureOf(rig.sandbox.describe(module))).toMatchObject({
    code: 'MODULE_SYNTAX',
    message: '"lib.js" is not valid JavaScript: unexpected token in expression: \';\'',
    location: { file: path.join(module.rootDir, 'lib.js'), line: 2, column: 18 },
  });
});

test.each([
  ['at once', 'function f() {\n  throw new TypeError("bad");\n}\nf();'],
  ['after an await', 'await null;\n  throw new TypeError("bad");'],
])('an error thrown by the module itself %s tells its place', async (_, text) => {
  expect(await failureOf(describe(text))).toMatchObject({
    code: 'MODULE_THREW',
    message: '"recipe.js" threw TypeError: bad',
    location: { line: 2 },
  });
});

test('a SyntaxError that the module throws is not a syntax error of the module', async () => {
  expect(await failureOf(describe('JSON.parse("{")'))).toMatchObject({ code: 'MODULE_THREW', location: { line: 1 } });
});

test('a module that awaits for ever never settles', async () => {
  expect(await failureOf(describe('await new Promise(() => {});'))).toMatchObject({ code: 'NEVER_SETTLES' });
});

test('two evaluations of one module share nothing and are equal', async () => {
  const module = rig.module(
    'globalThis.n = (globalThis.n ?? 0) + 1; Array.prototype.x = 1; export const n = [globalThis.n, typeof Date, typeof Math.random, typeof WeakRef, typeof SharedArrayBuffer];',
  );
  const first = await rig.sandbox.describe(module);
  expect(first.exports.n).toEqual([1, 'undefined', 'undefined', 'undefined', 'undefined']);
  expect(await rig.sandbox.describe(module)).toEqual(first);
});

test('an evaluation that filled the memory leaves nothing to the next', async () => {
  const heavy =
    'const kept = []; for (let i = 0; i < 200; i++) kept.push("x".repeat(1e5) + i); export const n = kept.length;';
  const light = 'export const n = [1, "a", { b: /x/.test("x") }].concat(Array.from({ length: 3 }, (_, i) => i));';
  const fresh = await describe(light);
  for (let round = 0; round < 5; round++) {
    expect((await describe(heavy)).exports).toEqual({ n: 200 });
    expect((await describe(light)).exports).toEqual(fresh.exports);
  }
});

test('host is the platform, and frozen', async () => {
  const { exports } = await describe(
    'try { host.os = "x" } catch {} try { globalThis.host = 1 } catch {} export const h = host',
  );
  expect(exports.h).toEqual({ os: 'linux', arch: 'x86_64' });
});

test('a hundred modules are described at once', async () => {
  const all = Array.from({ length: 100 }, (_, index) => describe(`export const n = ${index}`));
  expect((await Promise.all(all)).map(({ exports }) => exports.n)).toEqual(Array.from({ length: 100 }, (_, n) => n));
});
