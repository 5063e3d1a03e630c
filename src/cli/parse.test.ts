import { expect, test } from 'vitest';
import { COMMANDS } from './catalog.ts';
import { parseCommandLine } from './parse.ts';

async function called(...argv: string[]) {
  const line = await parseCommandLine(argv);
  if (line.kind !== 'command') throw new Error(JSON.stringify(line));
  const { row, args, flags, lists, settings } = line;
  return { name: row.name, args, flags, lists, settings };
}

test('settings are found when they stand before the command, and after it', async () => {
  expect(await called('-j', '4', 'sync', 'zlib', '--offline')).toMatchObject({
    name: 'sync',
    args: ['zlib'],
    settings: { jobs: '4', offline: true },
  });
});

test('the later place counts when a setting is given twice', async () => {
  expect((await called('--jobs', '1', 'sync', '--jobs', '2')).settings).toEqual({ jobs: '2' });
});

test.each([
  [['sync', '--no-frozen'], { frozen: false }],
  [['sync', '--keep-going'], { failFast: false }],
  [['sync', '--fail-fast'], { failFast: true }],
])('%j sets %j', async (argv, settings) => {
  expect((await called(...argv)).settings).toEqual(settings);
});

test('flags of a command are kept by the name in the table', async () => {
  expect((await called('sync', '--no-deploy', '--json')).flags).toEqual({ 'no-deploy': true, json: true });
  expect((await called('init', '--recipe', 'a.b@r1')).flags).toEqual({ recipe: 'a.b@r1' });
});

test('a flag that may be repeated keeps all its values, in order, and takes no argument of the command', async () => {
  const { args, lists } = await called('extract', '--include', 'b*', '--include', 'a', 'x.tar');
  expect([args, lists]).toEqual([['x.tar'], { include: ['b*', 'a'] }]);
});

test('a command of a group is found by both words', async () => {
  expect(await called('cache', 'remove', 'zlib', '--yes')).toMatchObject({
    name: 'cache remove',
    args: ['zlib'],
    settings: { yes: true },
  });
});

test.each([
  [
    ['run', '--quiet', 'cc', '--version', '--jobs'],
    ['cc', '--version', '--jobs'],
  ],
  [
    ['run', '--', 'cc', '-o', 'x'],
    ['cc', '-o', 'x'],
  ],
])('%j leaves everything from the program on to it', async (argv, args) => {
  expect((await called(...argv)).args).toEqual(args);
});

test.each([
  [['synk'], 'Unknown command "synk"', 'Did you mean "sync"?'],
  [['cache', 'inf'], 'Unknown command "inf"', 'Did you mean "info"?'],
  [['sync', '--jbos', '4'], 'Unknown option "--jbos"', 'Did you mean "--jobs"?'],
  [['sync', '--no-deplyo'], 'Unknown option "--no-deplyo"', 'Did you mean "--no-deploy"?'],
  [['help', 'snyc'], 'Unknown command "snyc"', 'Did you mean "sync"?'],
  [['snyc', '--help'], 'Unknown command "snyc"', 'Did you mean "sync"?'],
  [['asset'], 'Missing required argument "query"', 'See "galley --help", or --help after a command'],
  [['sync', '--jobs'], 'Option "-j, --jobs <n>" argument missing', 'See "galley --help", or --help after a command'],
  [
    ['list', 'zlib'],
    'Too many arguments for "list": expected 0 arguments but got 1: zlib',
    'See "galley --help", or --help after a command',
  ],
  [
    ['sync', '--keep-going', '--fail-fast'],
    'Option "--keep-going" cannot be used with option "--fail-fast"',
    'See "galley --help", or --help after a command',
  ],
])('%j is refused with a hint', async (argv, message, hint) => {
  await expect(parseCommandLine(argv)).rejects.toMatchObject({ code: 'USAGE', message, hint });
});

test.each([[[]], [['--help']], [['help']], [['cache']], [['help', 'cache']]])('%j answers help', async (argv) => {
  expect(await parseCommandLine(argv)).toMatchObject({ kind: 'help', text: expect.stringContaining('Usage: galley') });
});

test.each(['COMMAND_FAILED', 'command-failed'])('help %s is about the code', async (word) => {
  expect(await parseCommandLine(['help', word])).toEqual({ kind: 'code', code: 'COMMAND_FAILED' });
});

test.each(COMMANDS.map((row) => [row]))('help of $name shows its summary and every example', async (row) => {
  const line = await parseCommandLine([...row.name.split(' '), '--help']);
  const text = line.kind === 'help' ? line.text.replace(/\s+/g, ' ') : '';
  expect(text).toContain(row.summary);
  for (const { command } of row.examples) expect(text).toContain(`$ ${command} `);
});

test.each(COMMANDS.map((row) => [row]))('the file of $name exports a command', async (row) => {
  expect((await row.load()).run).toBeTypeOf('function');
});
