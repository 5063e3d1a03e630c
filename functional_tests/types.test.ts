// The declaration files that editors show to authors: their examples and the members of ctx are checked with tsc.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEditor, type Place } from './rig/editor.ts';
import { succeed } from './rig/galley.ts';
import { createProject } from './rig/project.ts';

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

test('an editor shows what is said of exports and of ctx, and offers what can stand there, in a project of init', async () => {
  const project = await createProject();
  await succeed(project, 'init fresh');
  await succeed(project, 'init --recipe acme.spoon@r1', { cwd: 'fresh' });
  const manifest = project.at('fresh/galley.js');
  const recipe = project.at('fresh/recipes/acme.spoon@r1.js');
  expect(readFileSync(project.at('fresh/jsconfig.json'), 'utf8')).not.toContain(project.rootDir);
  const wanted = readFileSync(manifest, 'utf8').replace('packages = []', "packages = [{ recipe: 'acme.spoon@r1',  }]");
  writeFileSync(manifest, wanted);
  const editor = openEditor();
  for (const file of [manifest, recipe]) editor.open(file);
  const at = (file: string, before: string): Place => {
    const [text = ''] = readFileSync(file, 'utf8').split(before, 1);
    const lines = `${text}${before}`.split('\n');
    return { file, line: lines.length, offset: (lines.at(-1) ?? '').length + 1 };
  };
  expect(await editor.hover(at(recipe, 'ctx.mk'))).toMatchObject({
    displayString: expect.stringContaining('mkdir('),
    documentation: expect.stringMatching(/director/i),
  });
  expect(await editor.hover(at(manifest, '[{ rec'))).toMatchObject({ documentation: '`namespace.name@revision`.' });
  expect(await editor.complete(at(manifest, "spoon@r1', "))).toEqual(
    expect.arrayContaining(['options', 'platforms', 'source']),
  );
  const members = await editor.complete(at(recipe, 'await ctx.'));
  expect(members).toEqual(expect.arrayContaining(['mark_install_complete', 'run', 'write']));
  expect(members).not.toContain('commit_fetch');
  expect(await editor.complete(at(recipe, "type: '"))).toEqual(expect.arrayContaining(['semver', 'boolean']));
});

test('a sync gives a fresh checkout the types of the galley that runs, where the editor looks for them', async () => {
  const project = await createProject({
    'galley.js': 'export const packages = [];',
    'jsconfig.json': '{ "include": [".galley/types/*.d.ts"] }',
    '.galley/types/recipe.d.ts': 'of an older galley',
    'bare/galley.js': 'export const packages = [];',
  });
  await succeed(project, 'sync');
  for (const name of ['recipe', 'ctx', 'manifest', 'bundle'].map((one) => `${one}.d.ts`)) {
    expect(readFileSync(project.at('.galley/types', name), 'utf8')).toBe(
      readFileSync(path.join(typesDir, name), 'utf8'),
    );
  }
  await succeed(project, 'sync', { cwd: 'bare' });
  expect(existsSync(project.at('bare/.galley/types'))).toBe(false);
});
