// The declaration files that editors show to authors: their examples and the members of ctx are checked with tsc.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '..');
const typesDir = path.join(root, 'runtime/types');
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'galley-types-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

/** What tsc says about JavaScript modules, one line for each error: `file.js(line,column): error TS…: text`. */
function check(name: string, files: Record<string, string>): Promise<string> {
  const projectDir = mkdtempSync(path.join(dir, `${name}-`));
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(projectDir, file), text);
  const compilerOptions = {
    ...{ allowJs: true, checkJs: true, noEmit: true, strict: true, noImplicitAny: false, types: [] },
    ...{ module: 'esnext', moduleResolution: 'bundler', target: 'es2023', lib: ['es2023'] },
    ...{ allowImportingTsExtensions: true, paths: { 'galley/*': [`${typesDir}/*.d.ts`] } },
  };
  const include = ['*.js', '*.ts', `${typesDir}/*.d.ts`];
  writeFileSync(path.join(projectDir, 'tsconfig.json'), JSON.stringify({ compilerOptions, include }));
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, '-p', '.', '--pretty', 'false'], { cwd: projectDir }, (_, stdout) =>
      resolve(stdout),
    );
  });
}

const CONTEXTS: Record<string, string> = {
  fetch: 'FetchContext',
  stage: 'StageContext',
  build: 'BuildContext',
  install: 'InstallContext',
};

/** Gives each export of an example the type that the declarations have for its name. */
function annotate(kind: string, text: string): string {
  const whole = { recipe: 'recipe").Recipe', manifest: 'manifest").Manifest', bundle: 'manifest").BundleModule' }[kind];
  return text
    .replace(
      /^export const (\w+)/gm,
      (declaration, name) => `/** @type {import("galley/${whole}["${name}"]} */\n${declaration}`,
    )
    .replace(/^export async function (\w+)\(ctx\)/gm, (declaration, verb) => {
      return `/** @param {import("galley/recipe").${CONTEXTS[verb]}} ctx */\n${declaration}`;
    });
}

/** The fenced examples of the documentation comments. */
function examples(): { kind: string; text: string }[] {
  return ['ctx', 'recipe', 'manifest'].flatMap((name) => {
    const comments = readFileSync(path.join(typesDir, `${name}.d.ts`), 'utf8').replace(/^ *\* ?/gm, '');
    const fences = comments.matchAll(/^```js (recipe|manifest|bundle)\n(.*?)^```/gms);
    return [...fences].map(([, kind = '', text = '']) => ({ kind, text }));
  });
}

test('every example in the declarations is a recipe or manifest without type errors', async () => {
  const files = examples().map(({ kind, text }, index) => [`example-${index}.js`, annotate(kind, text)]);
  expect(files.length).toBeGreaterThan(8);
  expect(await check('examples', Object.fromEntries(files))).toBe('');
});

test('a wrong recipe or manifest gets an error at each mistake', async () => {
  const recipe = `/** @type {import("galley/recipe").Identity} */
export const identity = "zlib";
/** @type {import("galley/recipe").Options} */
export const options = { version: { type: "text" } };
/** @param {import("galley/recipe").BuildContext} ctx */
export async function build(ctx) {
  await ctx.run("make", { jobs: 3 });
  ctx.mark_install_complete();
  ctx.options = {};
  const { code } = await ctx.run("x");
}
`;
  const manifest = `/** @type {import("galley/manifest").Packages} */
export const packages = [{ recipe: "acme.zlib@r2", platform: "linux" }];
/** @type {import("galley/manifest").DefaultShell} */
export const default_shell = "zsh";
export const system = host.system;
`;
  const output = await check('mistakes', { 'recipe.js': recipe, 'galley.js': manifest });
  const lines = output.split('\n').flatMap((line) => /^(\w+)\.js\((\d+),/.exec(line)?.slice(1).join(':') ?? []);
  const expected = [
    'galley:2',
    'galley:4',
    'galley:5',
    'recipe:2',
    'recipe:4',
    'recipe:7',
    'recipe:8',
    'recipe:9',
    'recipe:10',
  ];
  expect(lines).toEqual(expected);
});

test('the declarations have exactly the methods that the prelude gives to ctx', async () => {
  const prelude = readFileSync(path.join(root, 'runtime/prelude/context.js'), 'utf8');
  const [, table = ''] = /const METHODS = \{(.*?)\}/s.exec(prelude) ?? [];
  const methods = [...table.matchAll(/^ +(\w+): '/gm)].map(([, name]) => name).filter((name) => name !== '__proto__');
  const text = `import type { AnyContext } from 'galley/recipe';
type Whole = Required<AnyContext<object>>;
type Methods = { [name in keyof Whole]-?: Whole[name] extends (...args: never[]) => unknown ? name : never }[keyof Whole];
type Expected = ${methods.map((name) => `'${name}'`).join(' | ')} | 'template';
null as unknown as Methods satisfies Expected;
null as unknown as Expected satisfies Methods;
`;
  expect(methods.length).toBeGreaterThan(20);
  expect(await check('methods', { 'methods.ts': text })).toBe('');
});
