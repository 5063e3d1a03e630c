import { expect, test } from 'vitest';
import type { JsonObject } from '../model/json.ts';
import { linesOf } from '../testing/problems.ts';
import { parseRecipe } from './recipe.ts';

const fn = { $function: 'f' };
const file = '/r/acme.zlib@r2.js';
const place = { file, rootDir: '/r', module: { entryFile: file, rootDir: '/r' }, isDirectory: false, bundles: {} };
const module = { ...place, asked: 'acme.zlib@r2' };
const parse = (exports: JsonObject) =>
  parseRecipe({ identity: 'acme.zlib@r2', ...exports }, { ...module, files: ['/r/lib.js', '/r/acme.zlib@r2.js'] });

test('recipe with nothing but its identity gets the defaults', () => {
  expect(parse({}).value).toEqual({
    identity: 'acme.zlib@r2',
    ...place,
    isDirectory: false,
    files: ['/r/acme.zlib@r2.js', '/r/lib.js'],
    options: {},
    platforms: [],
    dependencies: [],
    products: {},
    setup: {},
    env: [],
    metadata: {},
  });
});

test('declarative build is named by its tool, and its fields are as the author wrote them', () => {
  const fields = {
    source_dir: 'src',
    build_type: 'Debug',
    defines: { TESTS: false, PARTS: ['a', 1] },
    targets: ['all'],
  };
  expect(parse({ build: { cmake: fields } }).value?.build).toEqual({
    form: 'declarative',
    build: {
      tool: 'cmake',
      sourceDir: 'src',
      buildType: 'Debug',
      defines: { TESTS: false, PARTS: ['a', 1] },
      targets: ['all'],
    },
  });
});

test('recipe keeps scripts, functions and data apart', () => {
  const recipe = parse({
    options: fn,
    platforms: ['linux', 'darwin-arm64'],
    dependencies: fn,
    products: { 'g++': 'bin/g++' },
    fetch: fn,
    stage: { strip_components: 1 },
    build: 'make',
    install: fn,
    setup: {
      udev: { check: 'test -e x', install: fn, depends: ['group'] },
      group: { check: fn, install: 'x', platforms: ['linux'] },
    },
    deploy: 'x',
    test: fn,
    env: ['CC'],
    description: 'Compression',
    license: 'Zlib',
    deprecated: { message: 'Old', replacement: 'acme.zlib@r3' },
  });
  expect(recipe.value).toEqual({
    ...parse({}).value,
    options: { form: 'function', path: ['options'] },
    platforms: ['linux', 'darwin-arm64'],
    dependencies: { form: 'function', path: ['dependencies'] },
    products: { 'g++': 'bin/g++' },
    fetch: { form: 'function', path: ['fetch'] },
    stage: { form: 'unpack', stripComponents: 1 },
    build: { form: 'shell', script: 'make' },
    install: { form: 'function', path: ['install'] },
    setup: {
      udev: {
        check: { form: 'shell', script: 'test -e x' },
        install: { form: 'function', path: ['setup', 'udev', 'install'] },
        platforms: [],
        depends: ['group'],
      },
      group: {
        check: { form: 'function', path: ['setup', 'group', 'check'] },
        install: { form: 'shell', script: 'x' },
        platforms: ['linux'],
        depends: [],
      },
    },
    deploy: { form: 'shell', script: 'x' },
    test: { form: 'function', path: ['test'] },
    env: ['CC'],
    metadata: { description: 'Compression', license: 'Zlib' },
    deprecated: { message: 'Old', replacement: 'acme.zlib@r3' },
  });
});

test('user-managed recipe may name products and its asset freely', () => {
  const recipe = parse({ check: 'x', products: { sh: '/bin/sh' }, asset: '/usr' });
  expect(recipe.value).toMatchObject({ products: { sh: '/bin/sh' }, asset: '/usr', check: { form: 'shell' } });
});

test.each<[string, JsonObject, object[]]>([
  ['URL', { fetch: 'https://x.org/a.tgz' }, [{ form: 'url', url: 'https://x.org/a.tgz' }]],
  ['path', { fetch: 'src/a.tgz' }, [{ form: 'path', path: 'src/a.tgz' }]],
  [
    'list of forms',
    { fetch: ['npm:left-pad@1.0.0', { url: 'git+https://x.org/a', ref: 'v1' }, { path: '..', exclude: ['*.o'] }] },
    [
      { form: 'url', url: 'npm:left-pad@1.0.0' },
      { form: 'url', url: 'git+https://x.org/a#v1' },
      { form: 'path', path: '..', exclude: ['*.o'] },
    ],
  ],
  [
    'table',
    { fetch: { url: 'https://x.org/a', sha256: 'AB'.repeat(32), dest: 'b', headers: { Accept: 'x' } } },
    [{ form: 'url', url: 'https://x.org/a', sha256: 'ab'.repeat(32), dest: 'b', headers: { Accept: 'x' } }],
  ],
])('fetch is read from a %s', (_, exports, items) => {
  expect(parse(exports).value?.fetch).toEqual({ form: 'items', items });
});

test.each<[string, JsonObject, string[]]>([
  [
    'another identity',
    { identity: 'acme.zlib@r1' },
    [
      'IDENTITY_MISMATCH identity: Export "identity" is "acme.zlib@r1", expected "acme.zlib@r2", which is what was asked for',
    ],
  ],
  [
    'many at once',
    { identity: 'ZLib', biuld: 'make', platforms: 'linux', license: 3, stage: { strip_components: -1 } },
    [
      'INVALID_VALUE identity: Export "identity" is "ZLib", expected a recipe identity "namespace.name@revision" in lower case',
      'UNKNOWN_FIELD biuld~: Unknown export "biuld"; did you mean "build"?',
      'INVALID_VALUE platforms: Export "platforms" is "linux", expected a list of platforms such as "linux" or "darwin-arm64"',
      'INVALID_VALUE license: Export "license" is 3, expected a text that is not empty',
      'INVALID_VALUE stage.strip_components: Field "strip_components" is -1, expected a whole number, 0 or more',
    ],
  ],
  [
    'verbs of other forms',
    { build: ['make'], install: 1, check: true, stage: { strip: 1 }, test: {} },
    [
      'INVALID_VALUE build: Export "build" is a list, expected a shell script, a table with one of cmake, make, meson, cargo, autotools, go, npm or a function',
      'INVALID_VALUE install: Export "install" is 1, expected a shell script or a function',
      'INVALID_VALUE check: Export "check" is true, expected a shell script or a function',
      'UNKNOWN_FIELD stage.strip~: Unknown field "strip"; known: strip_components',
      'MISSING_VALUE stage: Field "strip_components" is missing, expected a whole number, 0 or more',
      'INVALID_VALUE test: Export "test" is a table, expected a shell script or a function',
    ],
  ],
  [
    'a build with a tool that galley does not drive',
    { build: { bazel: {} } },
    ['UNKNOWN_FIELD build.bazel~: Unknown field "bazel"; known: cmake, make, meson, cargo, autotools, go, npm'],
  ],
  [
    'a build with two tools',
    { build: { cmake: {}, make: {} } },
    [
      'INVALID_VALUE build: Export "build" is a table of 2 fields, expected a table with one of cmake, make, meson, cargo, autotools, go, npm',
    ],
  ],
  [
    'wrong fields of a declarative build',
    { build: { cargo: { directory: '/src', feature: ['x'], locked: 'yes', env: { 'A B': 'x', C: 1 } } } },
    [
      'INVALID_VALUE build.cargo.directory: Field "directory" is "/src", expected a relative path without ".."',
      'UNKNOWN_FIELD build.cargo.feature~: Unknown field "feature"; did you mean "features"?',
      'INVALID_VALUE build.cargo.locked: Field "locked" is "yes", expected true or false',
      'INVALID_VALUE build.cargo.env.A B~: Name "A B" is not the name of an environment variable',
      'INVALID_VALUE build.cargo.env.C: Field "C" is 1, expected a text',
    ],
  ],
  [
    'a check and a declarative build whose install would go into the cache',
    { check: 'x', build: { make: {} } },
    [
      'INVALID_VALUE build~: Export "build" of a recipe with a "check" needs an "install": no asset is there for the tool to install into',
    ],
  ],
  [
    'an asset without a check',
    { asset: '/usr' },
    [
      'INVALID_VALUE asset~: Export "asset" is only for a recipe with a "check": the cache decides where other assets are',
    ],
  ],
  [
    'products that lead out',
    {
      products: {
        cc: '/usr/bin/cc',
        ld: 'bin/../../ld',
        'a/b': 'x',
        'c++': 'C:c++',
        as: '\\\\x\\as',
        ar: 1,
        ok: 'lib/..x/a',
      },
    },
    [
      'INVALID_VALUE products.cc: Field "cc" is "/usr/bin/cc", expected a relative path without ".."',
      'INVALID_VALUE products.ld: Field "ld" is "bin/../../ld", expected a relative path without ".."',
      'INVALID_VALUE products.a/b~: Name "a/b" is not a product name: letters, digits and "._+-", not "." or "-" at the start',
      'INVALID_VALUE products.c++: Field "c++" is "C:c++", expected a relative path without ".."',
      'INVALID_VALUE products.as: Field "as" is "\\\\\\\\x\\\\as", expected a relative path without ".."',
      'INVALID_VALUE products.ar: Field "ar" is 1, expected a relative path without ".."',
    ],
  ],
  [
    'fetches',
    {
      fetch: [
        { url: 'a.tgz' },
        { url: 'https://x.org/a', ref: 'v1', dest: '../a' },
        { path: 'a', url: 'b' },
        { sha: 'x' },
        { url: 'https://x.org/a', ref: 'v1' },
        ['https://x.org/a'],
        { url: 'https://x.org/a', headers: { 'a b': 'c' } },
        { path: 'a', include: ['src', '+(a)b'] },
      ],
    },
    [
      'INVALID_VALUE fetch.0.url: Field "url" is "a.tgz", expected a URL',
      'INVALID_VALUE fetch.1.dest: Field "dest" is "../a", expected a file name without directories',
      'UNKNOWN_FIELD fetch.2.url~: Unknown field "url"; known: path, include, exclude',
      'UNKNOWN_FIELD fetch.3.sha~: Unknown field "sha"; known: url, sha256, dest, headers, ref, subdir, submodules',
      'MISSING_VALUE fetch.3: Field "url" is missing, expected a URL',
      'INVALID_VALUE fetch.4.ref~: Field "ref" does not go with a "url" that is no git repository',
      'INVALID_VALUE fetch.5: Export "fetch[5]" is a list, expected a URL or a table { url } or { path }',
      `INVALID_VALUE fetch.6.headers.a b~: Name "a b" is not the name of an HTTP header`,
      'INVALID_VALUE fetch.7.include.1: Field "include[1]" is "+(a)b", expected a path pattern without "+("',
    ],
  ],
  [
    'setup pairs',
    { setup: { udev: { check: 'x' }, group: { check: 'x', install: 'y', depends: ['udve', 'udev'] }, '-x': fn } },
    [
      'MISSING_VALUE setup.udev: Field "install" is missing, expected a shell script or a function',
      'INVALID_VALUE setup.group.depends.0: Field "depends[0]" is "udve", expected one of udev, group, -x; did you mean "udev"?',
      'INVALID_VALUE setup.-x~: Name "-x" is not a name of letters, digits and "._-" that starts with a letter or digit',
      'INVALID_VALUE setup.-x: Field "-x" is a function, expected a setup pair { check, install }',
    ],
  ],
  [
    'a ring of setup pairs',
    {
      setup: {
        free: { check: 'x', install: 'x' },
        first: { check: 'x', install: 'x', depends: ['free', 'a'] },
        a: { check: 'x', install: 'x', depends: ['free', 'b'] },
        b: { check: 'x', install: 'x', depends: ['a'] },
      },
    },
    ['INVALID_VALUE setup.a.depends: Setup pairs wait for one another in a ring: a → b → a'],
  ],
  [
    'a deprecation without a message',
    { deprecated: true, env: ['A=1'] },
    [
      'INVALID_VALUE deprecated: Export "deprecated" is true, expected a table { message }',
      'INVALID_VALUE env.0: Export "env[0]" is "A=1", expected the name of an environment variable',
    ],
  ],
])('recipe is refused with every problem: %s', (_, exports, lines) => {
  expect(linesOf(parse(exports))).toEqual(lines);
});

test('recipe without an identity is refused', () => {
  const refused = parseRecipe({ build: 'make' }, { ...module, files: [] });
  expect(linesOf(refused)).toEqual([
    'MISSING_VALUE : Export "identity" is missing, expected a recipe identity "namespace.name@revision" in lower case',
  ]);
});

test('value in a message is cut when it is long, and has no credentials', () => {
  expect(linesOf(parse({ platforms: 'x'.repeat(100) }))[0]).toContain(`is "${'x'.repeat(55)}…", expected`);
  expect(linesOf(parse({ env: ['https://me:secret@x.org/?token=abc'] }))[0]).toContain(
    'is "https://***@x.org/?token=***", expected',
  );
});

test('a NUL is refused where a path or a script is read, as the system would end it there', () => {
  for (const field of [{ fetch: { path: 'a\0b' } }, { fetch: 'a\0b' }, { build: 'true\0' }])
    expect(parse(field).problems[0]?.message).toMatch(/expected a text without NUL/);
});
