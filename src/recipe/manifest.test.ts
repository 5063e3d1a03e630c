import { expect, test } from 'vitest';
import type { JsonObject } from '../model/json.ts';
import { linesOf } from '../testing/problems.ts';
import { parseManifest } from './manifest.ts';

const fn = { $function: 'f' };
const parse = (exports: JsonObject) =>
  parseManifest(exports, { file: '/home/me/app/galley.js', files: ['/home/me/app/galley.js'] });
/** The one entry of a manifest that is otherwise fine. */
const entry = (fields: JsonObject) => parse({ packages: [{ recipe: 'acme.zlib@r2', ...fields }] });
const sha256 = 'AB'.repeat(32);

test('manifest with nothing but packages gets the defaults', () => {
  expect(parse({ packages: ['acme.zlib@r2'] }).value).toEqual({
    file: '/home/me/app/galley.js',
    rootDir: '/home/me/app',
    packages: [{ recipe: 'acme.zlib@r2', options: {}, platforms: [], setup: [], index: 0 }],
    recipeRoots: [],
    defaultShell: { form: 'named', name: 'bash' },
    env: [],
    binDir: '/home/me/app/.galley/bin',
    bundles: {},
    outputs: [],
    depots: [],
    trustedKeys: [],
    include: [],
    included: [],
    files: ['/home/me/app/galley.js'],
  });
});

test('manifest with every field keeps them, paths made absolute', () => {
  const full = parse({
    packages: [
      { recipe: 'acme.udev@1', options: { a: [1, { b: null }] }, platforms: ['linux-arm64'], setup: ['udev'] },
    ],
    galley: '0.3.1',
    recipe_roots: ['recipes', '../shared', '/opt/recipes'],
    default_shell: 'sh',
    env: ['API_TOKEN'],
    bin_dir: 'bin',
    depots: ['https://depot.acme.test/tools', 's3://acme/tools', '../depot'],
    trusted_keys: [`ed25519:${'A'.repeat(43)}=`],
    include: ['services/api', 'tools/galley.js'],
  });
  expect(full.value).toMatchObject({
    packages: [
      { recipe: 'acme.udev@1', options: { a: [1, { b: null }] }, platforms: ['linux-arm64'], setup: ['udev'] },
    ],
    galley: '0.3.1',
    recipeRoots: ['/home/me/app/recipes', '/home/me/shared', '/opt/recipes'],
    defaultShell: { form: 'named', name: 'sh' },
    env: ['API_TOKEN'],
    binDir: '/home/me/app/bin',
    depots: ['https://depot.acme.test/tools', 's3://acme/tools', '/home/me/depot'],
    trustedKeys: [`ed25519:${'A'.repeat(43)}=`],
    include: ['/home/me/app/services/api', '/home/me/app/tools/galley.js'],
  });
});

test.each<[string, JsonObject, object]>([
  [
    'path',
    { source: 'r/zlib.js', sha256 },
    { form: 'path', path: '/home/me/app/r/zlib.js', sha256: sha256.toLowerCase() },
  ],
  ['drive path', { source: 'C:\\zlib.js' }, { form: 'path', path: '/home/me/app/C:\\zlib.js' }],
  [
    'URL',
    { source: 'https://x.org/r.tar.gz', subdir: 'zlib' },
    { form: 'url', url: 'https://x.org/r.tar.gz', subdir: 'zlib' },
  ],
  [
    'repository',
    { source: 'git+https://x.org/r', ref: 'v1', subdir: 'a' },
    { form: 'url', url: 'git+https://x.org/r#v1&subdir=a' },
  ],
  [
    'function',
    { source: { fetch: fn, dependencies: [{ recipe: 'acme.jfrog@1' }] } },
    {
      form: 'function',
      fetch: { form: 'function', path: ['packages', 0, 'source', 'fetch'] },
      dependencies: [{ kind: 'strong', request: { recipe: 'acme.jfrog@1' }, index: 0 }],
    },
  ],
])('source of an entry is a %s', (_, fields, source) => {
  expect(entry(fields).value?.packages[0]?.source).toMatchObject(source);
});

test.each<[JsonObject | string, object]>([
  ['powershell', { form: 'named', name: 'powershell' }],
  [
    { file: ['python3', '-u'], ext: 'py' },
    { form: 'file', argv: ['python3', '-u'], ext: '.py' },
  ],
  [{ inline: ['node', '-e'] }, { form: 'inline', argv: ['node', '-e'] }],
  [
    { dependencies: [{ recipe: 'acme.bash@5' }], shell: fn },
    {
      form: 'function',
      dependencies: [{ kind: 'strong' }],
      shell: { form: 'function', path: ['default_shell', 'shell'] },
    },
  ],
])('default shell is read from %j', (default_shell, shell) => {
  expect(parse({ packages: [], default_shell }).value?.defaultShell).toMatchObject(shell);
});

test.each<[string, JsonObject, string[]]>([
  ['an empty module', {}, ['MISSING_VALUE : Export "packages" is missing, expected a list of packages']],
  [
    'a mistyped export',
    { packages: [], recipe_root: ['x'] },
    ['UNKNOWN_FIELD recipe_root~: Unknown export "recipe_root"; did you mean "recipe_roots"?'],
  ],
  [
    'a default export',
    { packages: [], default: {} },
    [
      'UNKNOWN_FIELD default~: Unknown export "default"; known: packages, galley, bundles, recipe_roots, default_shell, env, bin_dir, outputs, depots, trusted_keys, include',
    ],
  ],
  [
    'packages as a function',
    { packages: fn },
    ['INVALID_VALUE packages: Export "packages" is a function, expected a list of packages'],
  ],
  [
    'a bad shorthand',
    { packages: ['zlib', 7] },
    [
      'INVALID_VALUE packages.0: Export "packages[0]" is "zlib", expected a recipe identity "namespace.name@revision" in lower case',
      'INVALID_VALUE packages.1: Export "packages[1]" is 7, expected a recipe identity "namespace.name@revision" in lower case or a table { recipe }',
    ],
  ],
  [
    'small values',
    { packages: [], galley: 'latest', env: ['API-TOKEN'], bin_dir: '', recipe_roots: 'r' },
    [
      'INVALID_VALUE galley: Export "galley" is "latest", expected a version such as "1.2.3"',
      'INVALID_VALUE env.0: Export "env[0]" is "API-TOKEN", expected the name of an environment variable',
      'INVALID_VALUE bin_dir: Export "bin_dir" is "", expected a text that is not empty',
      'INVALID_VALUE recipe_roots: Export "recipe_roots" is "r", expected a list of directories',
    ],
  ],
  [
    'default shells',
    { packages: [], default_shell: 'bsh' },
    [
      'INVALID_VALUE default_shell: Export "default_shell" is "bsh", expected one of bash, sh, powershell, cmd; did you mean "bash"?',
    ],
  ],
  [
    'a default shell that is a bare function',
    { packages: [], default_shell: fn },
    [
      'INVALID_VALUE default_shell: Export "default_shell" is a function, expected one of bash, sh, powershell, cmd or a table { file, ext }, { inline } or { dependencies, shell }',
    ],
  ],
  [
    'a default shell without a program',
    { packages: [], default_shell: { file: [], ext: '*.sh' } },
    [
      'INVALID_VALUE default_shell.file: Field "file" is empty, expected a program and its arguments',
      'INVALID_VALUE default_shell.ext: Field "ext" is "*.sh", expected the ending of a file name such as ".sh"',
    ],
  ],
  [
    'a default shell that depends on a query',
    { packages: [], default_shell: { dependencies: [{ recipe: 'bash' }], shell: 'bash' } },
    [
      'INVALID_VALUE default_shell.dependencies.0.recipe: Field "recipe" is "bash", expected a recipe identity "namespace.name@revision" in lower case',
      'INVALID_VALUE default_shell.shell: Field "shell" is "bash", expected a function',
    ],
  ],
])('manifest is refused with every problem: %s', (_, exports, lines) => {
  expect(linesOf(parse(exports))).toEqual(lines);
});

test.each<[string, JsonObject, string[]]>([
  [
    'a platform of another name',
    { platforms: ['linux-x64', 'darwn'] },
    [
      'INVALID_VALUE packages.0.platforms.0: Field "platforms[0]" is "linux-x64", expected one of linux, linux-x86_64, linux-arm64, darwin, darwin-x86_64, darwin-arm64, windows, windows-x86_64, windows-arm64; did you mean "linux-x86_64"?',
      'INVALID_VALUE packages.0.platforms.1: Field "platforms[1]" is "darwn", expected one of linux, linux-x86_64, linux-arm64, darwin, darwin-x86_64, darwin-arm64, windows, windows-x86_64, windows-arm64; did you mean "darwin"?',
    ],
  ],
  [
    'a function among options',
    { options: { flags: ['-O2', fn] } },
    ['INVALID_VALUE packages.0.options.flags.1: Field "flags[1]" is a function, expected data'],
  ],
  [
    'a pin without a source',
    { ref: 'v1' },
    ['INVALID_VALUE packages.0.ref~: Field "ref" does not go with an entry without a "source"'],
  ],
  [
    'pins beside a path',
    { source: './zlib', ref: 'v1', subdir: 'x' },
    [
      'INVALID_VALUE packages.0.ref~: Field "ref" does not go with a "source" that is a path',
      'INVALID_VALUE packages.0.subdir~: Field "subdir" does not go with a "source" that is a path',
    ],
  ],
  [
    'a ref beside an archive',
    { source: 'https://x.org/r.tar.gz', ref: 'v1' },
    ['INVALID_VALUE packages.0.ref~: Field "ref" does not go with a "source" that is no git repository'],
  ],
  [
    'a pin beside a function',
    { source: { fetch: fn }, sha256 },
    ['INVALID_VALUE packages.0.sha256~: Field "sha256" does not go with a "source" that is a function'],
  ],
  [
    'sources of other forms',
    { source: fn, sha256: 'abc', subdir: 'a' },
    [
      'INVALID_VALUE packages.0.source: Field "source" is a function, expected a path, a URL or a table { fetch, dependencies }',
      'INVALID_VALUE packages.0.sha256: Field "sha256" is "abc", expected a sha256 of 64 hexadecimal digits',
    ],
  ],
  [
    'a source whose function is a script',
    { source: { fetch: 'curl', dependencies: [{ recipe: 'jfrog', needed_by: 'biuld' }] } },
    [
      'INVALID_VALUE packages.0.source.fetch: Field "fetch" is "curl", expected a function',
      'INVALID_VALUE packages.0.source.dependencies.0.needed_by: Field "needed_by" is "biuld", expected one of check, fetch, stage, build, install, setup, deploy; did you mean "build"?',
    ],
  ],
])('entry is refused with every problem: %s', (_, fields, lines) => {
  expect(linesOf(entry(fields))).toEqual(lines);
});
