// The laws of the house, checked on every file: who may import whom, who owns which library and which part of the
// world, and how large things may be. `docs/design/architecture.md` gives the reasons.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const SRC = import.meta.dirname;

/** From the bottom up. Folders of one row do not know one another; the files of the top row are one program. */
const ROWS = [
  ['model'],
  ['system'],
  ['ladder', 'sandbox'],
  ['recipe', 'cache', 'fetch', 'archive', 'isolate'],
  ['build', 'output'],
  ['fleet', 'serve', 'remote'],
  ['cli', 'report'],
  ['galley.ts', 'main.ts', 'reporters.ts', 'services.ts', 'version.ts'],
];

/** Folders that may see less than what is below them. */
const NARROW: Record<string, string[]> = { report: ['model', 'system'] };

/** Library, or part of Node → the places that may import it. Everything else from npm is nobody's and refused. */
const OWNERS = new Map<string, string[]>(
  Object.entries({
    'quickjs-emscripten': ['sandbox'],
    '@jitl/quickjs-wasmfile-release-sync': ['sandbox'],
    'node:worker_threads': ['sandbox', 'build'],
    ink: ['report'],
    react: ['report'],
    picocolors: ['report'],
    execa: ['system'],
    undici: ['system'],
    'proper-lockfile': ['system'],
    'fs-native-extensions': ['system'],
    'tar-stream': ['archive'],
    unzipper: ['archive'],
    'xz-decompress': ['archive'],
    zod: ['recipe', 'cli'],
    acorn: ['recipe'],
    'smol-toml': ['fetch'],
    aws4fetch: ['fetch'],
    '@cyclonedx/cyclonedx-library': ['build'],
    semver: ['model'],
    commander: ['cli'],
    ...Object.fromEntries(
      ['fs', 'child_process', 'net', 'tls', 'dns', 'http', 'https', 'os', 'crypto', 'timers'].map((name) => [
        `node:${name}`,
        ['system'],
      ]),
    ),
  }),
);

/** Globals that reach the world → the places that may use them. */
const GLOBALS = new Map<string, string[]>(
  Object.entries({
    console: [],
    process: ['system', 'galley.ts', 'main.ts'],
    'Date.now': ['system'],
    'performance.now': ['system'],
    'Math.random': ['system', 'services.ts'],
    setTimeout: ['system'],
    setInterval: ['system'],
    setImmediate: ['system'],
  }),
);

const FORBIDDEN_NAMES = ['utils', 'helpers', 'common', 'shared', 'core', 'lib', 'types', 'index'];
const MOST_LINES = { file: 300, function: 60 };
const MOST_PARAMETERS = 4;

interface SourceFile {
  /** Relative to src/. */
  name: string;
  /** First folder, or the file itself at the top. */
  place: string;
  text: string;
  tree: ts.SourceFile;
}

const ALL: SourceFile[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => {
    const text = readFileSync(path.join(SRC, name), 'utf8');
    const tree = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
    return { name, place: name.split(path.sep)[0] as string, text, tree };
  });
/** Tests, and what only they use, may reach for whatever shows what they claim. */
const isForTests = (name: string) => name.includes('.test.') || name.split(path.sep).includes('testing');
const PROGRAM = ALL.filter(({ name }) => !isForTests(name));

function everyNode(tree: ts.Node, visit: (node: ts.Node) => void): void {
  visit(tree);
  ts.forEachChild(tree, (child) => everyNode(child, visit));
}

/** Breaches of a law, as `file:line: what`; the test shows them all at once. */
function breaches(files: SourceFile[], judge: (node: ts.Node, file: SourceFile) => string | undefined): string[] {
  const found: string[] = [];
  for (const file of files) {
    everyNode(file.tree, (node) => {
      const breach = judge(node, file);
      const line = file.tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      if (breach !== undefined) found.push(`${file.name}:${line}: ${breach}`);
    });
  }
  return found;
}

/** What a node imports: static, re-exported or dynamic. */
function importedBy(node: ts.Node): string | undefined {
  const isStatic = ts.isImportDeclaration(node) || ts.isExportDeclaration(node);
  const isDynamic = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  const specifier = isStatic ? node.moduleSpecifier : isDynamic ? node.arguments[0] : undefined;
  return specifier && ts.isStringLiteral(specifier) ? specifier.text : undefined;
}

const rowOf = (place: string) => ROWS.findIndex((row) => row.includes(place));

function mayImport(from: string, to: string): boolean {
  if (from === to || rowOf(from) === ROWS.length - 1) return true;
  return NARROW[from]?.includes(to) ?? rowOf(to) < rowOf(from);
}

test('every place has a row', () => {
  expect(PROGRAM.filter(({ place }) => rowOf(place) < 0).map(({ name }) => name)).toEqual([]);
});

test('imports point down the rows, never sideways', () => {
  const found = breaches(PROGRAM, (node, { name, place }) => {
    const specifier = importedBy(node);
    if (!specifier?.startsWith('.')) return undefined;
    const file = path.join(path.dirname(name), specifier);
    if (isForTests(file)) return `imports ${file}, which is for tests`;
    const target = file.split(path.sep)[0] as string;
    if (target === '..') return specifier.endsWith('package.json') ? undefined : `leaves src: ${specifier}`;
    return mayImport(place, target) ? undefined : `${place} imports ${target}`;
  });
  expect(found).toEqual([]);
});

test('libraries and the parts of Node that reach the world have owners', () => {
  const found = breaches(PROGRAM, (node, { place }) => {
    const specifier = importedBy(node);
    if (specifier === undefined || specifier.startsWith('.')) return undefined;
    // `node:fs/promises` belongs to the owner of `node:fs`, and a part of a library to that of the library.
    const library = specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/');
    const owners = OWNERS.get(library) ?? (library.startsWith('node:') ? [place] : []);
    return owners.includes(place) ? undefined : `${place} imports ${specifier}`;
  });
  expect(found).toEqual([]);
});

test('what draws is loaded when there is something to draw, by nobody else and not before', () => {
  const canvas = path.join('report', 'tui', 'canvas.ts');
  const found = breaches(PROGRAM, (node, { name }) => {
    const specifier = importedBy(node) ?? '';
    if (/^(ink|react)(\/|$)/.test(specifier)) return name === canvas ? undefined : `imports ${specifier}`;
    const isCanvas = path.join(path.dirname(name), specifier) === canvas;
    const isEager = ts.isImportDeclaration(node) && node.importClause?.phaseModifier !== ts.SyntaxKind.TypeKeyword;
    return isCanvas && isEager ? 'imports the canvas before it is needed' : undefined;
  });
  expect(found).toEqual([]);
});

test('the clock, the process and the console are used only by their owners', () => {
  const found = breaches(PROGRAM, (node, { place }) => {
    const owners = GLOBALS.get(globalUsedBy(node) ?? '');
    return owners && !owners.includes(place) ? `uses ${globalUsedBy(node)}` : undefined;
  });
  expect(found).toEqual([]);
});

/** `console.log` → `console`, `Date.now` as it is, `setTimeout(` → `setTimeout`. */
function globalUsedBy(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
    const object = node.expression.text;
    return GLOBALS.has(object) ? object : `${object}.${node.name.text}`;
  }
  return ts.isCallExpression(node) && ts.isIdentifier(node.expression) ? node.expression.text : undefined;
}

test('files have at most 300 lines', () => {
  const counts = ALL.map(({ name, text }) => ({ name, lines: text.trimEnd().split('\n').length }));
  expect(counts.filter(({ lines }) => lines > MOST_LINES.file)).toEqual([]);
});

test('functions have at most 60 lines and 4 parameters', () => {
  const found = breaches(PROGRAM, (node, { tree }) => {
    if (!ts.isFunctionLike(node)) return undefined;
    const [first, last] = [node.getStart(), node.end].map((at) => tree.getLineAndCharacterOfPosition(at).line);
    const lines = (last as number) - (first as number) + 1;
    if (lines > MOST_LINES.function) return `a function of ${lines} lines`;
    return node.parameters.length > MOST_PARAMETERS ? `a function of ${node.parameters.length} parameters` : undefined;
  });
  expect(found).toEqual([]);
});

test('files and folders are named after what they hold', () => {
  const isForbidden = (part: string) => FORBIDDEN_NAMES.includes(part.split('.')[0] as string);
  expect(ALL.map(({ name }) => name).filter((name) => name.split(path.sep).some(isForbidden))).toEqual([]);
});

test('nothing is exported as default', () => {
  const found = breaches(ALL, (node) => {
    const isDefault =
      ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword);
    return isDefault || (ts.isExportAssignment(node) && !node.isExportEquals) ? 'a default export' : undefined;
  });
  expect(found).toEqual([]);
});

test('every file opens by saying what it is for', () => {
  const silent = PROGRAM.filter(({ text }) => !/^(#!.*\n)?(\/\/|\/\*)/.test(text));
  expect(silent.map(({ name }) => name)).toEqual([]);
});

test('every type of the model is in the glossary', () => {
  const glossary = readFileSync(path.join(SRC, '../docs/design/glossary.md'), 'utf8');
  const found = breaches(
    PROGRAM.filter(({ place }) => place === 'model'),
    (node) => {
      const isType = ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node);
      const isExported = isType && node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
      return isExported && node.name && !glossary.includes(`\`${node.name.text}\``)
        ? `no entry for ${node.name.text}`
        : undefined;
    },
  );
  expect(found).toEqual([]);
});
