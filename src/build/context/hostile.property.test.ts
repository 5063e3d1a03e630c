// Any arguments to any ctx function: an answer, or a failure with a code that is not ours to mend, and nothing outside
// the directories of the call is touched. `GALLEY_TEST_SEED` repeats a run.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Chance } from '../../../functional_tests/rig/chance.ts';
import { rounds } from '../../../functional_tests/rig/rounds.ts';
import { Failure } from '../../model/failure.ts';
import type { Json } from '../../model/json.ts';
import type { CallPhase } from '../call.ts';
import { openWorkbench, SECRET, type Workbench } from '../testing/call.ts';
import { methodsOf, serve } from './table.ts';

let bench: Workbench;
const open = async (phase: CallPhase) => {
  bench = await openWorkbench(phase);
  return bench;
};

/** Parts of paths that somewhere mean more than their letters. */
const NAMES = [
  ...[
    '..',
    '.',
    '',
    ' ',
    '...',
    '. .',
    '.. ',
    '..\\',
    '..\\..\\home',
    'own',
    'dir',
    'sub',
    'link-in',
    'link-out',
    'loop',
  ],
  ...[
    'a\0b',
    'a\nb',
    '\r',
    '\u001b[2J',
    '\u202eexe.txt',
    '\u2024\u2024',
    '\uff0f',
    '..\uff0f..',
    '%2e%2e',
    '%2f',
    '..%c0%af',
  ],
  ...[
    'e\u0301',
    '\u00e9',
    '\ud800',
    '~',
    '$HOME',
    '`id`',
    '*',
    '-rf',
    '--',
    'x'.repeat(256),
    'NUL',
    'CON.txt',
    'a:b',
    'secret',
  ],
];
const ends = () => [...Object.values(bench.outside), bench.call.dirs.tmpDir, bench.call.dirs.stageDir as string];
const relative = fc.array(fc.constantFrom(...NAMES), { maxLength: 5 }).map((names) => names.join('/'));
const given = fc.oneof(
  { weight: 4, arbitrary: relative },
  fc.tuple(fc.nat(6), relative).map(([index, more]) => `${ends()[index % 5]}/${more}`),
  fc.constantFrom('/', '//', '/etc/passwd', '/proc/self/root/etc', '/proc/self/fd/0', '/dev/stdin', '../'.repeat(64)),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const OPTIONS = ['recursive', 'dest', 'strip_components', 'cwd', 'env', 'shell', 'check', 'quiet', 'capture', 'stdin'];
const MORE = [
  'timeout_s',
  'url',
  'path',
  'sha256',
  'ref',
  'headers',
  'filename',
  'include',
  'file',
  'ext',
  'inline',
  '__proto__',
];
const record = fc
  .array(
    fc.tuple(
      fc.constantFrom(...OPTIONS, ...MORE),
      fc.oneof(given, fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>),
    ),
    {
      maxLength: 3,
    },
  )
  .map((entries) => Object.fromEntries(entries) as Json);
const argument: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: given },
  { weight: 2, arbitrary: record },
  fc.jsonValue() as fc.Arbitrary<Json>,
  fc.constantFrom(
    -0,
    1e308,
    -1,
    0o777,
    0o4755,
    1.5,
    null,
    '{{a}}',
    'file:///etc/passwd',
    'https://x:y@h/\n',
    'git+ssh://-oProxyCommand=x/',
  ),
);
const list = fc.array(argument, { maxLength: 4 });

/** What lies outside, with contents, modes and times. */
function lookOutside(): unknown {
  return Object.values(bench.outside).map((dir) =>
    readdirSync(dir, { recursive: true, encoding: 'utf8' })
      .sort()
      .map((name) => {
        const stat = statSync(path.join(dir, name));
        return [name, stat.mode, stat.mtimeMs, stat.isFile() ? readFileSync(path.join(dir, name), 'utf8') : ''];
      }),
  );
}

const SCRIPTS: Json[] = ['true', ['true', 'exit 3'], 'cat', 'false', '"', ['a\0b'], [], {}, 5];
const SHA = 'a'.repeat(64);
const url = fc.oneof(
  given,
  given.map((text) => `https://h.test/${text}`),
  given.map((text) => `file://${text}`),
  fc.constantFrom(
    'git+https://h/x',
    'git+ssh://-oProxyCommand=x/y',
    's3://b/k',
    'oci://h/r:t',
    'npm:a@1',
    'pypi:a@1#../x',
    'crates:a@1',
  ),
);
const spec: fc.Arbitrary<Json> = fc.oneof(
  url,
  fc.record({ url, sha256: fc.constantFrom(SHA, 'x'), dest: given }, { requiredKeys: ['url'] }),
  fc.record(
    { url, headers: fc.dictionary(given, given, { maxKeys: 2 }), ref: given, subdir: given },
    { requiredKeys: ['url'] },
  ),
  fc.record(
    { path: given, include: fc.array(given, { maxLength: 2 }), exclude: fc.array(given, { maxLength: 2 }) },
    { requiredKeys: ['path'] },
  ),
);
const mode = fc.constantFrom<Json>(0o755, 0, 0o777, 0o4755, -1, 1.5, '755');
const shell: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom('sh', 'bash', 'zsh', 'cmd'),
  fc.record({ inline: fc.array(given, { maxLength: 3 }) }),
  fc.record({ file: fc.array(given, { maxLength: 3 }), ext: given }),
);
const runOptions = fc.record(
  {
    cwd: given,
    env: fc.dictionary(given, fc.oneof(given, fc.constant('x'.repeat(200_000)), fc.integer())),
    shell,
    stdin: given,
    timeout_s: fc.constantFrom(1e308, 1e-9, 0, -1, 5),
    check: fc.boolean(),
    capture: fc.boolean(),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Json>;

/** Arguments of the right kind, with the wrong contents; a function that is not here is given anything. */
const SIGNATURES: Record<string, fc.Arbitrary<Json>[]> = {
  ...Object.fromEntries(
    ['exists', 'is_file', 'is_dir', 'read', 'mkdir', 'remove', 'hash'].map((name) => [name, [given]]),
  ),
  write: [given, fc.string({ unit: 'binary' })],
  list: [given, fc.record({ recursive: fc.boolean() })],
  chmod: [given, mode],
  symlink: [given, given],
  copy: [given, given],
  move: [given, given],
  extract: [given, fc.record({ dest: given, strip_components: fc.nat(3) })],
  asset: [given],
  product: [given],
  log: [fc.constantFrom('info', 'x'), given],
  run: [fc.constantFrom(...SCRIPTS), runOptions],
  fetch: [fc.oneof(spec, fc.array(spec, { maxLength: 2 }))],
  commit_fetch: [fc.oneof(given, fc.record({ filename: given, sha256: fc.constantFrom(SHA, 'x') }))],
  import: [given, given, fc.constantFrom(SHA, 'x')],
};

async function endOf(method: string, args: readonly Json[]): Promise<string> {
  try {
    const answer = await serve(method, args, bench.call);
    expect(JSON.stringify(answer) ?? '').not.toContain(SECRET);
    return 'an answer';
  } catch (error) {
    if (!(error instanceof Failure)) throw new Error(`a bug: ${(error as Error)?.stack ?? error}`, { cause: error });
    expect(error.code).not.toBe('INTERNAL');
    expect(error.message).not.toMatch(/\n\s+at /);
    return error.code;
  }
}

const { seed } = new Chance();

test.each<CallPhase>(['build', 'fetch', 'stage', 'install'])(
  'any arguments in the %s phase end in an answer or a code, and reach nothing outside',
  async (phase) => {
    await using _ = await open(phase);
    const ends: Record<string, number> = {};
    const before = lookOutside();
    const methods = methodsOf(phase);
    const anything = methods.filter((method) => method !== 'run');
    const calls = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.constantFrom(...methods).chain((method) => fc.tuple(fc.constant(method), argumentsOf(method))),
      },
      fc.tuple(fc.constantFrom(...anything, 'toString', '__proto__', 'fetch'), list),
    );
    const property = fc.asyncProperty(calls, async ([method, args]) => {
      bench.furnish();
      const end = await endOf(method, args);
      ends[end] = (ends[end] ?? 0) + 1;
      expect(lookOutside()).toEqual(before);
    });
    await fc.assert(property, { numRuns: rounds(120, 4000), seed });
    process.stdout.write(`ctx calls in ${phase}, seed ${seed}: ${JSON.stringify(ends)}\n`);
  },
  3_600_000,
);

function argumentsOf(method: string): fc.Arbitrary<Json[]> {
  const kinds = SIGNATURES[method];
  return kinds === undefined ? list : (fc.tuple(...kinds) as fc.Arbitrary<Json[]>);
}
