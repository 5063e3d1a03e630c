// Manifests of a monorepo: the whole is the sum of its parts, each of which keeps its own paths and means the same when it
// is taken alone.
import { rm, symlink } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createCounter } from './rig/counter.ts';
import { assetOf, listNames } from './rig/disk.ts';
import { galley, succeed } from './rig/galley.ts';
import { createProject, type Files } from './rig/project.ts';
import { countWorkers } from './rig/workers.ts';

const recipe = (identity: string, text: string): string => `export const identity = '${identity}'; ${text}`;
const says = (identity: string, word: string): string =>
  recipe(identity, `export const install = 'echo ${word} > it';`);

/** A root, two services with recipes of their own, and a part that both of them include. */
const MONOREPO: Files = {
  'galley.js': `export const include = ['services/api', 'services/web/galley.js'];
    export const recipe_roots = ['recipes'];
    export const packages = ['test.root@r1'];`,
  'recipes/test.root@r1.js': `export const install = 'echo root > it';`,
  'services/api/galley.js': `export const recipe_roots = ['recipes'];
    export const include = ['tools'];
    export const packages = ['test.api@r1', { recipe: 'test.tree@r1', source: 'tree.js' },
      { recipe: 'test.never@r1', platforms: ['windows'] }];`,
  'services/api/recipes/test.api@r1.js': recipe(
    'test.api@r1',
    `export const dependencies = [{ recipe: 'test.leaf@r1' }];
     export const products = { api: 'api' };
     export const build = 'cp "$GALLEY_ASSET_LEAF/it" api; chmod +x api';`,
  ),
  'services/api/recipes/test.leaf@r1.js': says('test.leaf@r1', 'leaf'),
  'services/api/tree.js': recipe('test.tree@r1', `export const fetch = { path: 'data' };`),
  'services/api/data/one.txt': 'one',
  'services/api/tools/galley.js': `export const packages = [{ recipe: 'test.tool@r1', source: 'tool.js' }];`,
  'services/api/tools/tool.js': says('test.tool@r1', 'tool'),
  'services/web/galley.js': `export const recipe_roots = ['../api/recipes', 'recipes'];
    export const bin_dir = 'bin';
    export const packages = ['test.web@r1', 'test.leaf@r1'];`,
  'services/web/recipes/test.web@r1.js': says('test.web@r1', 'web'),
};

interface Listed {
  package: string;
  key?: string;
  state: string;
}

test('included manifests add their packages, each found by the paths of its own manifest', async () => {
  const project = await createProject(MONOREPO);
  const { events, stdout } = await succeed(project, 'sync --json');
  expect(events.outcomes()).toEqual({
    'test.root@r1': 'built',
    'test.api@r1': 'built',
    'test.leaf@r1': 'built',
    'test.tree@r1': 'built',
    'test.tool@r1': 'built',
    'test.web@r1': 'built',
    'test.never@r1': 'skipped',
  });
  const built = JSON.parse(stdout).packages as Listed[];
  expect(built.map(({ package: name }) => name).sort()).toHaveLength(new Set(built.map((each) => each.package)).size);
  expect(await assetOf(project, 'test.tree@r1')).toEqual({ 'data/one.txt': 'one' });
  // Launchers, memo and records belong to the manifest that was synced.
  expect(await listNames(project.at('.galley/bin'))).toEqual(['api']);
  expect(await listNames(project.at('services/api'))).not.toContain('.galley');
  expect(await listNames(project.at('services/web'))).not.toContain('bin');
});

test('a part that is synced alone has the same keys, so what the whole has built is there', async () => {
  const project = await createProject(MONOREPO);
  await succeed(project, 'sync');
  const keys = async (cwd: string) => {
    const listed = JSON.parse((await succeed(project, 'list --json', { cwd })).stdout) as Listed[];
    return new Map(listed.map((each) => [each.package, `${each.state} ${each.key}`]));
  };
  const whole = await keys('.');
  for (const cwd of ['services/api', 'services/api/tools', 'services/web']) {
    const part = await keys(cwd);
    expect(part.size).toBeGreaterThan(0);
    for (const [name, found] of part) expect(found, name).toBe(whole.get(name));
    const { events } = await succeed(project, 'sync', { cwd });
    expect(Object.values(events.outcomes()).filter((outcome) => outcome === 'built')).toEqual([]);
  }
  expect(await listNames(project.at('services/api/.galley/bin'))).toEqual(['api']);
});

test('a package that two manifests ask for is built once and listed once, and a manifest that is met twice counts once', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  await project.write({
    ...MONOREPO,
    'galley.js': `export const include = ['services/api', 'services/web', 'services/api/tools', 'services/api'];
      export const recipe_roots = ['services/api/recipes'];
      export const packages = ['test.leaf@r1'];`,
    'services/api/recipes/test.leaf@r1.js': recipe(
      'test.leaf@r1',
      `export const install = ${JSON.stringify(`${counter.note('leaf')}; touch it`)};`,
    ),
  });
  await succeed(project, 'sync');
  expect(await counter.count('leaf')).toBe(1);
  const listed = JSON.parse((await succeed(project, 'list --json')).stdout) as Listed[];
  const names = listed.map((each) => each.package);
  expect(names.sort()).toEqual([...new Set(names)].sort());
});

test('one package that two manifests find in different files is refused, naming both places', async () => {
  const project = await createProject({
    ...MONOREPO,
    'services/web/recipes/test.leaf@r1.js': says('test.leaf@r1', 'other'),
    'services/web/galley.js': `export const recipe_roots = ['recipes'];
      export const packages = ['test.web@r1', 'test.leaf@r1'];`,
  });
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(2);
  const [problem] = events.problems();
  expect(problem?.code).toBe('SOURCE_CONFLICT');
  const told = `${problem?.message} ${problem?.location?.file} ${problem?.notes?.join()}`;
  for (const file of [
    'services/api/recipes/test.leaf@r1.js',
    'services/web/recipes/test.leaf@r1.js',
    'services/web/galley.js',
  ])
    expect(told).toContain(project.at(file));
});

test('one recipe that depends on different files in two manifests is refused too', async () => {
  const app = recipe(
    'test.app@r1',
    `export const dependencies = [{ recipe: 'test.dep@r1' }]; export const build = 'touch it';`,
  );
  const manifest = (own: string) => `export const recipe_roots = ['${own}', '../shared'];
    export const packages = ['test.app@r1'];`;
  const project = await createProject({
    'galley.js': `export const include = ['one', 'two']; export const packages = [];`,
    'shared/test.app@r1.js': app,
    'one/galley.js': manifest('recipes'),
    'two/galley.js': manifest('recipes'),
    'one/recipes/test.dep@r1.js': says('test.dep@r1', 'one'),
    'two/recipes/test.dep@r1.js': says('test.dep@r1', 'two'),
  });
  const { status, events } = await galley(project, 'sync');
  expect([status, [...new Set(events.codes())]]).toEqual([2, expect.arrayContaining(['SOURCE_CONFLICT'])]);
  for (const part of ['one', 'two']) await succeed(project, 'sync', { cwd: part });
});

test('one recipe that fetches by paths of two manifests is two things, and refused', async () => {
  const manifest = (text: string) => `${text} export const packages = [{ recipe: 'test.app@r1', source: SOURCE }];`;
  const project = await createProject({
    'galley.js': manifest(`export const include = ['part']; const SOURCE = 'part/app.js';`),
    'part/galley.js': manifest(`const SOURCE = 'app.js';`),
    'part/app.js': recipe('test.app@r1', `export const fetch = { path: 'data' };`),
    'data/it': 'whole',
    'part/data/it': 'part',
  });
  const { status, events } = await galley(project, 'sync');
  expect([status, events.codes()]).toEqual([2, ['SOURCE_CONFLICT']]);
  for (const dir of [project.dir, project.at('part')]) expect(events.messages()).toContain(`(paths from ${dir},`);
  // Without such paths it does not matter who asks.
  await project.write({ 'part/app.js': says('test.app@r1', 'app') });
  expect((await succeed(project, 'sync')).events.outcomes()).toEqual({ 'test.app@r1': 'built' });
});

test('the lists of variables add up, and the project root is that of the run', async () => {
  const project = await createProject({
    'galley.js': `export const include = ['part']; export const env = ['ONE']; export const packages = [];`,
    'part/galley.js': `export const env = ['TWO', 'ONE'];
      export const packages = [{ recipe: 'test.app@r1', source: 'app.js' }];`,
    'part/app.js': recipe(
      'test.app@r1',
      `export const install = 'echo $ONE $TWO > it'; export const deploy = async (ctx) => ctx.write('root', ctx.project_root);`,
    ),
  });
  await succeed(project, 'sync', { env: { ONE: '1', TWO: '2' } });
  expect(await assetOf(project, 'test.app@r1')).toEqual({ it: '1 2\n' });
  expect(await listNames(project.dir)).toContain('root');
});

test('a sync with nothing to do notices what changes in an included manifest', async () => {
  const project = await createProject({ ...MONOREPO, 'services/old/galley.js': 'export const packages = [];' });
  await project.write({
    'galley.js': `export const include = ['services/api', 'services/web', 'now']; export const packages = [];`,
  });
  await symlink('services/old', project.at('now'));
  await succeed(project, 'sync', { told: 'words' });
  expect(await countWorkers(project), 'nothing').toBe(0);
  const changes: Record<string, () => Promise<unknown>> = {
    'a manifest': () => project.write({ 'services/old/galley.js': 'export const packages = [];\n' }),
    'a recipe': () => project.write({ 'services/web/recipes/test.web@r1.js': says('test.web@r1', 'new') }),
    'a recipe that comes first': () =>
      project.write({ 'services/api/recipes/test.web@r1.js': says('test.web@r1', 'first') }),
    'a link on the way': async () => {
      await project.write({ 'services/new/galley.js': 'export const packages = [];' });
      await rm(project.at('now'));
      await symlink('services/new', project.at('now'));
    },
  };
  for (const [name, change] of Object.entries(changes)) {
    await change();
    expect(await countWorkers(project), name).toBeGreaterThan(0);
    expect(await countWorkers(project), `${name}, and nothing after it`).toBe(0);
  }
});

test('lint tells the problems of every recipe, each at its place', async () => {
  const project = await createProject({
    ...MONOREPO,
    'services/web/recipes/test.web@r1.js': recipe('test.web@r1', `export const instal = 'true';`),
    'services/api/tools/tool.js': recipe('test.tol@r1', ''),
  });
  const { status, stdout } = await galley(project, 'lint --json');
  expect(status).toBe(2);
  const places = (JSON.parse(stdout) as { code: string; location: { file: string } }[]).map(
    ({ code, location }) => `${code} ${location.file}`,
  );
  expect(places).toContain(`UNKNOWN_FIELD ${project.at('services/web/recipes/test.web@r1.js')}`);
  expect(places).toContain(`IDENTITY_MISMATCH ${project.at('services/api/tools/tool.js')}`);
});
