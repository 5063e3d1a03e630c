// Whatever a module exports: a recipe or manifest, or problems told; never an exception, and never after a long time.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Chance } from '../../functional_tests/rig/chance.ts';
import { rounds } from '../../functional_tests/rig/rounds.ts';
import type { Json, JsonObject } from '../model/json.ts';
import {
  parseBuildAnswer,
  parseDependencies,
  parseFetchItems,
  parseOptionSchema,
  parseProducts,
  parseShell,
} from './answer.ts';
import { parseBundle } from './bundle.ts';
import { parseManifest } from './manifest.ts';
import { insidePath } from './name.ts';
import { parseRecipe } from './recipe.ts';

const file = '/r/acme.zlib@r2.js';
const module = {
  file,
  rootDir: '/r',
  module: { entryFile: file, rootDir: '/r' },
  isDirectory: false,
  bundles: {},
  files: [file],
};
const readers: Record<string, (value: Json) => unknown> = {
  recipe: (value) => parseRecipe(asTable(value), { ...module, asked: 'acme.zlib@r2' }),
  manifest: (value) => parseManifest(asTable(value), { file: '/p/galley.js', files: ['/p/galley.js'] }),
  bundle: (value) => parseBundle(asTable(value), { file, asked: 'acme.zlib@r2' } as Parameters<typeof parseBundle>[1]),
  options: (value) => parseOptionSchema(value, file),
  dependencies: (value) => parseDependencies(value, file),
  products: (value) => parseProducts(value, file, false),
  'free products': (value) => parseProducts(value, file, true),
  fetch: (value) => parseFetchItems(value, file),
  build: (value) => parseBuildAnswer(value, file),
  shell: (value) => parseShell(value, file),
};
const asTable = (value: Json): JsonObject => ({
  identity: 'acme.zlib@r2',
  ...(typeof value === 'object' && !Array.isArray(value) ? value : { packages: value }),
});

const FIELDS =
  `identity options platforms dependencies products fetch stage build install check asset setup deploy test env
  description deprecated message replacement packages galley recipe_roots bundles depots trusted_keys default_shell bin_dir outputs
  include exclude recipe source sha256 ref subdir submodules url path dest headers needed_by as runtime weak product bundle type default
  required choices range affects_key cmake make meson cargo autotools go npm strip_components file ext inline depends to name
  platform shell recipes __proto__ constructor toString $function`.split(/\s+/);
const TEXTS = [
  ...[
    'acme.zlib@r2',
    'acme.zlib',
    '../../x',
    '/etc/passwd',
    'bin/../..',
    'C:x',
    '\\\\server\\x',
    'a/b',
    '.',
    '..',
    '',
    ' ',
  ],
  ...[
    'git+https://h/r.git',
    'git+ssh://-oProxyCommand=x/r',
    'https://h/x',
    'https://u:p@h/\n',
    'file:///x',
    's3://b',
    'npm:a@1',
  ],
  ...[
    '\ud800',
    'a\0b',
    '\u202e',
    '\uff0f..',
    'e\u0301',
    '\x1b]0;x\x07',
    '`id`',
    '$(id)',
    "'; id; '",
    '%',
    '%zz',
    '#',
    'a#b#c',
    '>=1 <',
    '1.x',
  ],
  ...[
    'linux',
    'darwin-arm64',
    'string',
    'list',
    'semver',
    'build',
    'a'.repeat(64),
    'constructor',
    '__proto__',
    'hasOwnProperty',
  ],
];
/** Long texts that make an expression with two ways to read a letter take for ever. */
const LONG = [
  ';token',
  'a',
  'token',
  'a.',
  'a://',
  '@',
  '-',
  ' ',
  '\n',
  '1.',
  '||',
  '/..',
  '%2e',
  '"',
  '\\',
  '>=1 ',
].map((piece) => piece.repeat(20_000));
const leaf: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Json>(...TEXTS) },
  fc.constantFrom<Json>(...LONG),
  fc.constantFrom<Json>(null, true, -0, 1e308, -1, 1.5, { $function: 'f' }, { $function: {} }),
  fc.string({ unit: 'binary' }),
);
const value = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .array(
        fc.tuple(
          fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...FIELDS) }, fc.constantFrom(...TEXTS)),
          tie('value'),
        ),
        { maxLength: 5 },
      )
      .map((members) => Object.fromEntries(members) as Json),
  ),
})).value;

const { seed } = new Chance();

test.each(Object.keys(readers))('anything exported as %s is a value or problems with a place, at once', (name) => {
  const begunMs = performance.now();
  const numRuns = rounds(150, 20_000);
  fc.assert(
    fc.property(value, (given) => {
      const parsed = readers[name]?.(given) as { value?: unknown; problems: { message: string; file: string }[] };
      expect(parsed.value !== undefined || parsed.problems.length > 0).toBe(true);
    }),
    { numRuns, seed },
  );
  // Half a second for one is far beyond what a busy machine explains.
  expect((performance.now() - begunMs) / numRuns).toBeLessThan(50);
});

test.each(LONG.map((text) => [text.slice(0, 8), text]))('a long text of %j in any field is read at once', (_, text) => {
  const begunMs = performance.now();
  for (const field of FIELDS) {
    for (const given of [text, [text], { [text]: text }, { [field]: text }]) {
      for (const read of Object.values(readers)) read({ [field]: given });
    }
  }
  expect(performance.now() - begunMs).toBeLessThan(20_000);
});

test('a path that counts as inside never leads out, in whatever letters', () => {
  const parts = fc.constantFrom(
    '..',
    '.',
    'a',
    '\\',
    '/',
    '..\\',
    '\uff0f',
    '\u2024\u2024',
    ' ..',
    '.. ',
    'C:',
    '%2e%2e',
    '\0',
    '\n',
  );
  fc.assert(
    fc.property(
      fc.array(parts, { maxLength: 6 }).map((some) => some.join('')),
      (text) => {
        const inside = insidePath.readers.text?.(text, { mismatch: () => undefined } as never);
        if (inside === undefined) return;
        for (const separator of [/\//, /[\\/]/]) expect(inside.split(separator)).not.toContain('..');
        expect(inside).not.toMatch(/^(?:[\\/]|[A-Za-z]:)|\0/);
      },
    ),
    { seed },
  );
});
