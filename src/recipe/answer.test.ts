import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../model/json.ts';
import { linesOf } from '../testing/problems.ts';
import {
  parseBuildAnswer,
  parseDependencies,
  parseFetchItems,
  parseOptionSchema,
  parseProducts,
  parseShell,
} from './answer.ts';

const FILE = '/r/acme.zlib@r2.js';
const fn = { $function: 'f' };
const common = { neededBy: 'build', setup: [], runtime: false, index: 0 };

test.each<[string, JsonObject, object]>([
  [
    'strong',
    {
      recipe: 'acme.gcc@13',
      source: 'gcc.js',
      options: { lto: true },
      needed_by: 'stage',
      setup: ['udev'],
      as: 'cc',
      runtime: true,
    },
    {
      kind: 'strong',
      request: { recipe: 'acme.gcc@13', source: { form: 'path', path: '/r/gcc.js' }, options: { lto: true } },
      neededBy: 'stage',
      setup: ['udev'],
      as: 'cc',
      runtime: true,
      index: 0,
    },
  ],
  [
    'strong without a source',
    { recipe: 'acme.gcc@13' },
    { ...common, kind: 'strong', request: { recipe: 'acme.gcc@13', options: {} } },
  ],
  [
    'weak',
    { recipe: 'gcc', weak: { recipe: 'acme.gcc@13', options: { a: 1 } } },
    { ...common, kind: 'weak', query: 'gcc', fallback: { recipe: 'acme.gcc@13', options: { a: 1 } } },
  ],
  [
    'strong, in a bundle by its alias',
    { recipe: 'acme.gcc@13', bundle: 'tools' },
    {
      ...common,
      kind: 'strong',
      request: { recipe: 'acme.gcc@13', options: {}, source: { form: 'bundle', bundle: 'tools' } },
    },
  ],
  [
    'strong, in a bundle with all that is said of it',
    { recipe: 'acme.gcc@13', bundle: { identity: 'acme.tools@r1', source: 'https://x.org/t.tar.zst' } },
    {
      ...common,
      kind: 'strong',
      request: {
        recipe: 'acme.gcc@13',
        options: {},
        source: {
          form: 'bundle',
          bundle: { identity: 'acme.tools@r1', source: { form: 'url', url: 'https://x.org/t.tar.zst' } },
        },
      },
    },
  ],
  ['code', { bundle: 'tools' }, { kind: 'code', bundle: 'tools', index: 0 }],
  ['reference', { recipe: 'acme.gcc' }, { ...common, kind: 'reference', query: 'acme.gcc' }],
  ['product', { product: 'cc' }, { ...common, kind: 'product', product: 'cc' }],
  [
    'product of some provider',
    { product: 'cc', recipe: 'gcc', weak: { recipe: 'acme.gcc@13' } },
    { ...common, kind: 'product', product: 'cc', query: 'gcc', fallback: { recipe: 'acme.gcc@13', options: {} } },
  ],
])('dependency is %s', (_, fields, dependency) => {
  expect(parseDependencies([fields], FILE).value).toEqual([dependency]);
});

test.each<[string, Json, string[]]>([
  ['nothing', null, ['INVALID_VALUE dependencies: Answer of dependencies() is null, expected a list of dependencies']],
  [
    'other kinds of value',
    ['acme.gcc@13', {}],
    [
      'INVALID_VALUE dependencies.0: Field "dependencies[0]" is "acme.gcc@13", expected a table { recipe }, { recipe, weak }, { product } or { bundle }',
      'MISSING_VALUE dependencies.1: Field "recipe" is missing, expected a recipe identity "namespace.name@revision" or a part of it: name, namespace.name or name@revision',
    ],
  ],
  [
    'fields of another kind',
    [
      { recipe: 'gcc', options: {} },
      { recipe: 'gcc', weak: { recipe: 'gcc', needed_by: 'build' }, source: 'x' },
      { product: 'cc', source: 'x', sha256: 'y' },
      { recipe: 'acme.gcc@13', sha256: 'ab'.repeat(32) },
      { recipe: 'acme.gcc@13', bundle: 'tools', source: 'x' },
      { recipe: 'gcc', bundle: 'tools' },
      { product: 'cc', bundle: 'tools' },
    ],
    [
      'INVALID_VALUE dependencies.0.options~: Field "options" needs the whole identity "namespace.name@revision" in "recipe"',
      'INVALID_VALUE dependencies.1.weak.recipe: Field "recipe" is "gcc", expected a recipe identity "namespace.name@revision" in lower case',
      'UNKNOWN_FIELD dependencies.1.weak.needed_by~: Unknown field "needed_by"; known: recipe, options, bundle, source, sha256, ref, subdir',
      'INVALID_VALUE dependencies.1.source~: Field "source" does not go with "weak": write it inside',
      'INVALID_VALUE dependencies.2.source~: Field "source" does not go with "product": write it inside "weak"',
      'INVALID_VALUE dependencies.2.sha256~: Field "sha256" does not go with "product": write it inside "weak"',
      'INVALID_VALUE dependencies.3.sha256~: Field "sha256" does not go with an entry without a "source"',
      'INVALID_VALUE dependencies.4.bundle~: Field "bundle" does not go with "source": a recipe comes from one place',
      'INVALID_VALUE dependencies.5.bundle~: Field "bundle" needs the whole identity "namespace.name@revision" in "recipe"',
      'INVALID_VALUE dependencies.6.bundle~: Field "bundle" does not go with "product": write it inside "weak"',
    ],
  ],
  [
    'code with fields of a package, or without an alias',
    [
      { bundle: 'tools', needed_by: 'build', options: {} },
      { bundle: { identity: 'acme.tools@1', source: 'x' } },
      { bundle: '../x' },
    ],
    [
      'INVALID_VALUE dependencies.0.needed_by~: Field "needed_by" does not go with a "bundle" alone, which is code to import',
      'INVALID_VALUE dependencies.0.options~: Field "options" does not go with a "bundle" alone, which is code to import',
      'INVALID_VALUE dependencies.1.bundle: Field "bundle" is a table, expected the alias of a bundle',
      'INVALID_VALUE dependencies.2.bundle: Field "bundle" is "../x", expected the alias of a bundle: letters, digits and "._-", a letter or digit at the start',
    ],
  ],
  [
    'a query of any length',
    [{ recipe: 'a'.repeat(201) }],
    [`INVALID_VALUE dependencies.0.recipe: Field "recipe" is "${'a'.repeat(55)}…", expected at most 200 characters`],
  ],
  [
    'a function that nobody could call',
    [{ recipe: 'acme.gcc@13', source: { fetch: fn } }],
    [
      'INVALID_VALUE dependencies.0.source.fetch: Field "fetch" is a function, expected data: only functions that a module exports can be called',
    ],
  ],
])('answer of dependencies() is refused: %s', (_, answer, lines) => {
  expect(linesOf(parseDependencies(answer, FILE))).toEqual(lines);
});

test('problem inside an answer says which answer it is in', () => {
  const { problems } = parseDependencies([{ recipe: 1 }], FILE);
  expect(problems[0]).toMatchObject({ file: FILE, notes: ['in the answer of dependencies()'] });
});

test('option schema is read with every field', () => {
  const schema = {
    version: { type: 'semver', default: '1.3.1', range: '>=1 <2' },
    level: { type: 'int', range: [0, 9], default: 6 },
    mode: { type: 'string', choices: ['fast', 'small'], required: true, affects_key: false },
  };
  expect(parseOptionSchema(schema, FILE).value).toEqual(schema);
});

test.each<[string, JsonObject, string[]]>([
  [
    'types',
    { version: { type: 'sevmer' }, level: 3, flags: { default: [] }, 'a b': { type: 'int' } },
    [
      'INVALID_VALUE options.version.type: Field "type" is "sevmer", expected one of string, int, float, boolean, semver, list, table; did you mean "semver"?',
      'INVALID_VALUE options.level: Field "level" is 3, expected a table { type }',
      'MISSING_VALUE options.flags: Field "type" is missing, expected one of string, int, float, boolean, semver, list, table',
      'INVALID_VALUE options.a b~: Name "a b" is not an option name of letters, digits and "_-" that starts with a letter',
    ],
  ],
  [
    'names that nobody could use',
    { ['a'.repeat(128)]: { type: 'int' }, ['b'.repeat(150_000)]: { type: 'int' } },
    [
      `INVALID_VALUE options.${'b'.repeat(150_000)}~: Name "${'b'.repeat(128)}…" has 150000 characters, at most 128 are allowed`,
    ],
  ],
  [
    'defaults and choices',
    {
      a: { type: 'int', default: '1' },
      b: { type: 'string', choices: ['x', 1], default: 'y' },
      c: { type: 'semver', default: 'v1.0.0' },
      d: { type: 'int', range: [0, 9], default: 10 },
    },
    [
      'INVALID_VALUE options.a.default: Field "default" is "1", expected a value of type int',
      'INVALID_VALUE options.b.choices.1: Field "choices[1]" is 1, expected a value of type string',
      'INVALID_VALUE options.b.default: Field "default" is "y", expected one of "x", 1',
      'INVALID_VALUE options.c.default: Field "default" is "v1.0.0", expected a value of type semver',
      'INVALID_VALUE options.d.default: Field "default" is 10, expected a number from 0 to 9',
    ],
  ],
  [
    'ranges',
    {
      a: { type: 'int', range: [9, 0] },
      b: { type: 'semver', range: 'newest' },
      c: { type: 'string', range: '>=1' },
      d: { type: 'float', range: '>=1' },
    },
    [
      'INVALID_VALUE options.a.range: Field "range" is [9,0], expected a list [lowest, highest]',
      'INVALID_VALUE options.b.range: Field "range" is "newest", expected a semver range such as ">=1.2 <2"',
      'INVALID_VALUE options.c.range: Field "range" does not go with type "string", expected no range',
      'INVALID_VALUE options.d.range: Field "range" does not go with type "float", expected a list [lowest, highest]',
    ],
  ],
  [
    'names that commands could not tell apart',
    { 'with-ssl': { type: 'boolean' }, with_ssl: { type: 'boolean' } },
    [
      'INVALID_VALUE options.with_ssl~: Options "with-ssl" and "with_ssl" would both be the variable GALLEY_OPTION_WITH_SSL',
    ],
  ],
])('option schema is refused with every problem: %s', (_, schema, lines) => {
  expect(linesOf(parseOptionSchema(schema, FILE))).toEqual(lines);
});

test('products are free texts only of a user-managed package', () => {
  expect(parseProducts({ sh: '/bin/sh' }, FILE, true).value).toEqual({ sh: '/bin/sh' });
  expect(linesOf(parseProducts({ sh: '/bin/sh' }, FILE, false))).toHaveLength(1);
});

test('fetch function may answer any declarative form, or nothing', () => {
  expect(parseFetchItems(null, FILE).value).toEqual([]);
  expect(parseFetchItems('https://x.org/a', FILE).value).toEqual([{ form: 'url', url: 'https://x.org/a' }]);
  expect(parseFetchItems(['a', { path: 'b' }], FILE).value).toEqual([
    { form: 'path', path: 'a' },
    { form: 'path', path: 'b' },
  ]);
});

test('build function may answer a declarative form, or nothing', () => {
  expect(parseBuildAnswer(null, FILE).value).toBe('nothing');
  expect(parseBuildAnswer({ go: { cgo: true } }, FILE).value).toEqual({ tool: 'go', cgo: true });
  expect(linesOf(parseBuildAnswer({ cmak: {} }, FILE))).toEqual([
    'UNKNOWN_FIELD build.cmak~: Unknown field "cmak"; did you mean "cmake"?',
  ]);
  expect(linesOf(parseBuildAnswer('make', FILE))).toEqual([
    'INVALID_VALUE build: Answer of build() is "make", expected a table with one of cmake, make, meson, cargo, autotools, go, npm or nothing',
  ]);
});

test('build function that hands on what its command answered has built by itself', () => {
  expect(parseBuildAnswer({ exit_code: 0, stdout: '', stderr: '' }, FILE).value).toBe('nothing');
});

test('argument of a ctx function is named as its caller names it', () => {
  expect(linesOf(parseFetchItems(5, FILE, 'Argument of ctx.fetch()'))).toEqual([
    'INVALID_VALUE fetch: Argument of ctx.fetch() is 5, expected a URL, a table { url } or { path }, a list of those or nothing',
  ]);
});

test('shell function may answer any shell but another function', () => {
  expect(parseShell({ inline: ['/x/bash', '-c'] }, FILE).value).toEqual({ form: 'inline', argv: ['/x/bash', '-c'] });
  expect(linesOf(parseShell({ shell: fn }, FILE))).toEqual([
    'UNKNOWN_FIELD default_shell.shell.shell~: Unknown field "shell"; known: file, ext',
    'MISSING_VALUE default_shell.shell: Field "file" is missing, expected a list: a program and its arguments',
    'MISSING_VALUE default_shell.shell: Field "ext" is missing, expected the ending of a file name such as ".sh"',
  ]);
});

test('of problems without number the first are told', () => {
  const fields = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`b${index}`, 1]));
  expect(parseDependencies([{ recipe: 'a', ...fields }], FILE).problems).toHaveLength(100);
});
