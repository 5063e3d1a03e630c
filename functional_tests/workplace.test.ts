// `shell` and `env`: the person's own commands with the products of a project, and where the commands of a package
// worked with exactly what they had.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, expect, test } from 'vitest';
import { openControl } from './rig/control.ts';
import { entriesOf, entryOf, listNames, readTree } from './rig/disk.ts';
import { cleanEnvironment, galley, nestedGalley, start, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';

const [SPOON, SOUP] = ['test.spoon@r1', 'test.soup@r1'];

/** What a command of a build sees, for `cmp` and for reading. */
const NOTE = 'env | grep -v "^_=\\|^SHLVL=\\|^OLDPWD=" | sort > noted; pwd > where';

let project: Project;
beforeEach(async () => {
  project = await createProject({
    [`recipes/${SPOON}.js`]: `export const products = { spoon: 'bin/spoon' };
      export const install = 'mkdir bin; printf "#!/bin/sh\\\\necho stir\\\\n" > bin/spoon; chmod +x bin/spoon';`,
    [`recipes/${SOUP}.js`]: `export const dependencies = [{ recipe: '${SPOON}' }];
      export const options = { salt: { type: 'int', default: 2 } };
      export const build = ${JSON.stringify(`${NOTE}; spoon; test -f "$HOME/fire"`)};`,
  });
});

/** Variables that docs/reference/variables.md does not have; PWD is the shell's own. */
async function undocumented(environment: string): Promise<string[]> {
  const page = await readFile(path.join(import.meta.dirname, '../docs/reference/variables.md'), 'utf8');
  const names = environment.split('\n').flatMap((line) => /^(\w+)=/.exec(line)?.[1] ?? []);
  const known = names.map((name) => name.replace(/^(GALLEY_OPTION_|GALLEY_ASSET_(?!DIR)).+/, '$1<NAME>'));
  return known.filter((name) => name !== 'PWD' && !page.includes(`\`${name}\``));
}

test('shell gives the products of the project to a command, and ends with its status', async () => {
  await project.write({ '../home/fire': '', 'host/spoon': '#!/bin/sh\necho wrong' });
  const args = ['shell', '--', 'sh', '-c', 'spoon; echo "$GALLEY_PROJECT_ROOT"; exit 7'];
  const { status, stdout } = await galley(project, args, {
    env: { PATH: `${project.at('host')}:${process.env.PATH}` },
  });
  expect([status, stdout]).toEqual([7, `stir\n${project.dir}\n`]);
});

test('shell without a command is the shell of the person', async () => {
  await project.write({ '../home/fire': '', 'own-shell': '#!/bin/sh\nspoon; exit 3\n' });
  await promisify(execFile)('chmod', ['+x', project.at('own-shell')]);
  const { status, stdout } = await galley(project, 'shell', { env: { SHELL: project.at('own-shell') } });
  expect([status, stdout]).toEqual([3, 'stir\n']);
});

test('shell --in opens the work of a failure as it was left, with the environment and the directory it had', async () => {
  const failed = await galley(project, 'sync', { env: { SECRET: 'no' } });
  expect(failed.status).toBe(1);
  const { cwd, reproduce } = failed.events.of('phase.failed', SOUP)[0]?.error.facts ?? {};
  expect(reproduce).toBe(`galley shell --in ${SOUP}`);
  const entry = await entryOf(project, SOUP);
  const before = await readTree(path.join(entry, 'failed/stage'));
  const inside = `${NOTE.replace('noted', 'again').replace('where', 'there')}; cmp noted again && cmp where there && spoon; touch mark; exit 7`;
  const run = await galley(project, ['shell', '--in', 'soup', '--', 'bash', '-c', inside], { env: { SECRET: 'no' } });
  expect([run.status, run.stdout]).toEqual([7, 'stir\n']);
  expect(await listNames(entry)).toEqual(['failed']);
  const { again = '', there, mark, ...rest } = await readTree(path.join(entry, 'failed/stage'));
  expect(await undocumented(again)).toEqual([]);
  expect([rest, mark, there]).toEqual([before, '', `${path.join(entry, 'work/stage')}\n`]);
  expect(there).toBe(`${cwd}\n`);
  // GALLEY_INSTALL_DIR is there to be used, and gone afterwards.
  expect(
    (await galley(project, ['shell', '--in', 'soup', '--', 'test', '-d', path.join(entry, 'install')])).status,
  ).toBe(0);
  // The next try starts from nothing.
  await project.write({ '../home/fire': '' });
  await succeed(project, 'sync');
  expect(Object.keys(await readTree(path.join(await entryOf(project, SOUP), 'asset')))).toEqual(['noted', 'where']);
});

test('shell --in starts where the phase did that failed', async () => {
  await project.write({
    [`recipes/${SOUP}.js`]: `export const build = 'true'; export const install = 'exit 1';`,
  });
  expect((await galley(project, 'sync')).status).toBe(1);
  const { stdout } = await galley(project, ['shell', '--in', SOUP, '--', 'pwd']);
  expect(stdout).toBe(`${path.join(await entryOf(project, SOUP), 'install')}\n`);
});

test('shell --in gives a finished package an empty place, with its asset, and a user-managed one a place without', async () => {
  await project.write({ '../home/fire': '', 'recipes/test.oven@r1.js': `export const check = 'true';` });
  await succeed(project, 'sync');
  const look = 'echo "$GALLEY_ASSET_DIR"; ls -A "$GALLEY_STAGE_DIR"; pwd > "$HOME/where"; touch "$GALLEY_STAGE_DIR/x"';
  const run = await succeed(project, ['shell', '--in', SOUP, '--', 'sh', '-c', look]);
  expect(run.stdout).toBe(`${path.join(await entryOf(project, SOUP), 'asset')}\n`);
  expect(await readFile(path.join(project.homeDir, 'where'), 'utf8')).toMatch(/\/scratch\/[0-9a-f]+\/install\n$/);
  expect((await succeed(project, ['shell', '--in', 'oven', '--', 'sh', '-c', look])).stdout).toBe('\n');
});

test('shell --in says what it opens, in a plain bash', async () => {
  expect((await galley(project, 'sync')).status).toBe(1);
  await writeFile(path.join(project.homeDir, '.bashrc'), 'echo must not be read');
  // Its standard input is empty, so the shell ends at once.
  const run = await succeed(project, 'shell --in soup', { told: 'words' });
  expect(run.stderr).toContain(`${SOUP} failed in build: this is its work as that left it`);
  expect(run.stdout).not.toContain('must not be read');
});

test('shell --in of what was never built here is refused', async () => {
  const { status, events } = await galley(project, 'shell --in soup');
  expect([status, events.codes()]).toEqual([1, ['SOURCE_NOT_FOUND']]);
  expect((await galley(project, 'shell --in sope')).events.codes()).toEqual(['QUERY_UNKNOWN']);
});

test('shell --in with --dry-run makes nothing and opens nothing', async () => {
  const run = await succeed(project, 'shell --in soup --dry-run -- touch here', { told: 'words' });
  expect(run.stderr).toBe(`Would make what ${SOUP} depends on, and open its place\n`);
  expect([await entriesOf(project, SPOON), await listNames(project.dir)]).toEqual([
    [],
    ['.git', 'galley.js', 'recipes'],
  ]);
});

test('a package whose recipe cannot be loaded is no unknown one', async () => {
  await project.write({ [`recipes/${SPOON}.js`]: 'export const build = 7;' });
  for (const command of ['shell --in spoon', 'env --in spoon', 'test spoon', 'install spoon', 'asset spoon']) {
    const { status, events } = await galley(project, command);
    expect(status, command).toBe(2);
    expect(events.messages(), command).toContain(`Nothing can be done with "spoon": ${SPOON} cannot be loaded`);
  }
});

test('while somebody is in the work of a package, a sync waits and says for whom', async () => {
  expect((await galley(project, 'sync')).status).toBe(1);
  const control = await openControl(project);
  await project.write({ '../home/fire': '' });
  const shell = start(project, ['shell', '--in', 'soup', '--', 'bash', '-c', control.script('person')]);
  const person = await control.next('person');
  const sync = start(project, 'sync');
  const waiting = await sync.event('lock.waiting');
  expect(waiting.owner?.command).toContain('shell --in soup');
  await person.exit(0);
  expect((await shell.finished).status).toBe(0);
  expect((await sync.finished).events.outcomes()).toEqual({ [SPOON]: 'cached', [SOUP]: 'built' });
});

test('a sync inside of the work of a package does not wait for itself', async () => {
  expect((await galley(project, 'sync')).status).toBe(1);
  const sync = nestedGalley(`sync --manifest '${project.at('galley.js')}' --cache-root '${project.cacheDir}'`);
  const run = await galley(project, ['shell', '--in', 'soup', '--', 'bash', '-c', `${sync} 2>&1`]);
  expect(run.status).toBe(3);
  expect(run.stdout).toContain('code: LOCK_ANCESTOR');
});

const ODD = `a'b "c" $(touch owned) \`d\` \\ %`;

test.each([
  ['bash', (text: string) => ['bash', '-c', `${text}\nspoon; printf %s "$GALLEY_PROJECT_ROOT"`]],
  ['zsh', (text: string) => ['zsh', '-fc', `${text}\nspoon; printf %s "$GALLEY_PROJECT_ROOT"`]],
  ['fish', (text: string) => ['fish', '-Nc', `${text}\nspoon; printf %s "$GALLEY_PROJECT_ROOT"`]],
])('env prints what %s reads back, whatever is in a name', async (format, argv) => {
  await project.write({
    [`${ODD}/galley.js`]: `export const recipe_roots = ['../recipes']; export const packages = ['${SPOON}'];`,
  });
  await succeed(project, 'sync', { cwd: ODD });
  const { stdout } = await succeed(project, ['env', '--format', format], { cwd: ODD });
  const [shell = '', ...words] = argv(stdout);
  const read = await promisify(execFile)(shell, words, { env: cleanEnvironment(project), cwd: project.rootDir });
  expect(read.stdout).toBe(`stir\n${project.at(ODD)}`);
});

test('a directory that PATH cannot hold is refused: others would be searched instead', async () => {
  await project.write({
    '../home/fire': '',
    'a:b/galley.js': `export const recipe_roots = ['../recipes']; export const packages = ['${SPOON}'];`,
  });
  for (const args of ['run spoon', 'shell -- spoon', 'env']) {
    const { status, stdout, events } = await galley(project, args, { cwd: 'a:b' });
    expect([status, stdout, events.codes()], args).toEqual([2, '', ['INVALID_VALUE']]);
    expect(events.messages()).toContain(`Cannot put "${project.at('a:b/.galley/bin')}" on PATH`);
  }
  const elsewhere = await galley(project, ['sync', '--cache-root', project.at('c:d')]);
  expect([elsewhere.status, elsewhere.events.codes()]).toEqual([2, ['INVALID_VALUE']]);
});

test('env prints variables for programs too, and refuses other formats', async () => {
  const env = { PATH: `${project.at('.galley/bin')}:/usr/bin` };
  const expected = { GALLEY_PROJECT_ROOT: project.dir, PATH: env.PATH };
  expect(JSON.parse((await succeed(project, 'env --json', { env })).stdout)).toEqual(expected);
  expect(JSON.parse((await succeed(project, 'env --format json', { env })).stdout)).toEqual(expected);
  const { stdout } = await succeed(project, 'env --format dotenv', { env });
  expect(stdout).toBe(`GALLEY_PROJECT_ROOT="${project.dir}"\nPATH="${env.PATH}"\n`);
  const { status, events } = await galley(project, 'env --format fihs');
  expect([status, events.messages()]).toEqual([2, expect.stringContaining('Did you mean "fish"?')]);
});

test('env --in prints exactly what the commands of a package see, before and after they ran', async () => {
  await project.write({ '../home/fire': '' });
  await succeed(project, 'install spoon');
  const printed = async (): Promise<Record<string, string>> =>
    JSON.parse((await succeed(project, 'env --json --in soup')).stdout);
  const before = await printed();
  await succeed(project, 'install');
  expect(await printed()).toEqual(before);
  const { noted = '' } = await readTree(path.join(await entryOf(project, SOUP), 'asset'));
  const seen = Object.fromEntries(
    noted
      .trim()
      .split('\n')
      .map((line) => line.split(/=(.*)/s)),
  );
  const { PWD, ...others } = seen;
  // In an asset the one directory has become the other.
  const installDir = others.GALLEY_ASSET_DIR?.replace(/asset$/, 'install');
  expect(before).toEqual({ ...others, GALLEY_INSTALL_DIR: installDir, GALLEY_OPTION_SALT: '2' });
});
