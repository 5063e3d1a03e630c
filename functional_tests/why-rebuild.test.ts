// Why a package will be built again: each input is changed in turn, and is the first that is named. Nothing is built.
import { createHash } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { galley, type RunOptions, succeed } from './rig/galley.ts';
import { createProject, type Files, type Project } from './rig/project.ts';
import { startServer } from './rig/server.ts';

const JAM = 'test.jam@r1';
const BREAD = 'test.bread@r1';
const FILE = `recipes/${JAM}.js`;

interface Reason {
  label: string;
  state: string;
  before?: { key: string };
  changes: { part: string; name?: string; before?: unknown; after?: unknown; is_default?: boolean; cause?: Reason }[];
}

let project: Project;
let files: Files;
beforeEach(async () => {
  const server = await startServer({ '/salt': 'salt' });
  const sha256 = createHash('sha256').update('salt').digest('hex');
  files = {
    'galley.js': manifest('{}'),
    [FILE]: `import { sugar } from './sugar.js';
      export const options = { fruit: { type: 'string', default: 'plum' } };
      export const env = ['JAM_MOOD'];
      export const fetch = { url: '${server.url('/salt')}', sha256: '${sha256}' };
      export const install = 'touch it';`,
    'recipes/sugar.js': 'export const sugar = 1;',
    [`recipes/${BREAD}.js`]: `export const dependencies = [{ recipe: 'jam' }]; export const install = 'touch it';`,
  };
  project = await createProject(files);
});

const manifest = (options: string, shell = 'bash'): string => `
  export const recipe_roots = ['recipes'];
  export const default_shell = '${shell}';
  export const packages = [{ recipe: '${JAM}', options: ${options} }, '${BREAD}'];`;

const edit = (name: string, from: string | RegExp, to: string): Files => ({
  [name]: (files[name] as string).replace(from, to),
});

async function why(query: string, options: RunOptions = {}): Promise<Reason> {
  const { stdout, events } = await succeed(project, ['why', query, '--rebuild', '--json'], options);
  expect(events.of('phase.started')).toEqual([]);
  return (JSON.parse(stdout) as [Reason])[0];
}

interface Change {
  write?: () => Files;
  options?: RunOptions;
  first: { part: string; name?: string; is_default?: true };
}

const CHANGES: Record<string, Change> = {
  'the recipe': { write: () => edit(FILE, 'touch', 'touch -c'), first: { part: 'recipe', name: `${JAM}.js` } },
  'an imported file': { write: () => edit('recipes/sugar.js', '1', '2'), first: { part: 'recipe', name: 'sugar.js' } },
  'an option': {
    write: () => ({ 'galley.js': manifest(`{ fruit: 'fig' }`) }),
    first: { part: 'option', name: 'fruit' },
  },
  'a variable': { options: { env: { JAM_MOOD: 'secret' } }, first: { part: 'env', name: 'JAM_MOOD' } },
  'the shell': { write: () => ({ 'galley.js': manifest('{}', 'sh') }), first: { part: 'shell' } },
};

test('why --rebuild names each input that changed, and why a dependency did', async () => {
  expect(await why('jam')).toMatchObject({ state: 'first', changes: [] });
  await succeed(project, 'sync');
  expect(await why('jam')).toMatchObject({ state: 'hit', changes: [] });
  for (const [name, { write, options, first }] of Object.entries(CHANGES)) {
    await project.write(write?.() ?? {});
    const bread = await why('bread', options);
    // The shell is an input of bread, too.
    expect(bread.changes.at(-1), name).toMatchObject({
      part: 'dependency',
      cause: { package: JAM, state: 'changed', changes: [first] },
    });
    await project.write(files);
  }
});

test('why --rebuild tells a default from an option, and a pin from its source', async () => {
  await succeed(project, 'sync');
  await project.write(edit(FILE, 'plum', 'fig'));
  expect((await why('jam')).changes).toMatchObject([
    { part: 'recipe' },
    { part: 'option', name: 'fruit', before: 'plum', after: 'fig', is_default: true },
  ]);
  await project.write(edit(FILE, /export const fetch.*/, `export const fetch = { path: './sugar.js' };`));
  const { changes } = await why('jam');
  expect(
    changes
      .slice(1)
      .map(({ part, before }) => [part, typeof before])
      .sort(),
  ).toEqual([
    ['source', 'string'],
    ['source', 'undefined'],
  ]);
});

test('why --rebuild says that a value changed, and not what it is', async () => {
  const run = { env: { JAM_MOOD: 'a-secret-value' } };
  await succeed(project, 'sync', run);
  const told = await succeed(project, 'why jam --rebuild', { env: { JAM_MOOD: 'another-secret-value' } });
  expect(told.stdout).toContain('variable JAM_MOOD has another value');
  expect((await succeed(project, 'why jam --rebuild')).stdout).toContain('variable JAM_MOOD is not set any more');
  const json = await succeed(project, 'why jam --rebuild --json', { env: { JAM_MOOD: 'another-secret-value' } });
  expect(told.stdout + json.stdout).not.toContain('secret');
});

test('why --rebuild tells a hit from an asset that was removed and from a first build', async () => {
  await succeed(project, 'sync');
  await project.write(edit(FILE, 'touch', 'touch -c'));
  await succeed(project, 'sync');
  // What the last build was about can be asked after it, too.
  const hit = await succeed(project, 'why jam --rebuild');
  expect(hit.stdout).toMatch(/is in the cache: nothing has changed since it was built; against the build of/);
  expect(hit.stdout).toContain(`file ${JAM}.js of the recipe has changed`);
  await succeed(project, 'cache remove jam --yes');
  expect((await why('jam')).state).toBe('absent');
  // Without a pin there is no key before the source is there.
  await project.write(edit(FILE, /\{ url: '(.*)\/salt', .* \}/, `'$1/pepper'`));
  expect((await why('jam')).state).toBe('unknown');
  expect((await galley(project, 'why nothing --rebuild')).events.codes()).toEqual(['QUERY_UNKNOWN']);
});

test('why --rebuild compares with what this project had, and not with another that is newer', async () => {
  await succeed(project, 'sync');
  const mine = (await why('jam')).before;
  expect(mine).toBeUndefined();
  const { key } = (await why('jam')) as unknown as { key: string };
  await project.write({ 'other/galley.js': manifest(`{ fruit: 'kiwi' }`).replace(`['recipes']`, `['../recipes']`) });
  await succeed(project, 'sync --manifest other/galley.js');
  await project.write(edit(FILE, 'touch', 'touch -c'));
  expect(await why('jam')).toMatchObject({ before: { key }, changes: [{ part: 'recipe' }] });
});
