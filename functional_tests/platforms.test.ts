// Packages that are not for this machine: passed over where the project asks for them, an error where they are needed.
import { expect, test } from 'vitest';
import { createCounter } from './rig/counter.ts';
import { galley, succeed } from './rig/galley.ts';
import { createProject } from './rig/project.ts';

const [OWN, OTHER] = process.platform === 'darwin' ? ['darwin', 'linux'] : ['linux', 'darwin'];
const ARCH = process.arch === 'arm64' ? 'arm64' : 'x86_64';
const OTHER_ARCH = ARCH === 'arm64' ? 'x86_64' : 'arm64';

const LEAF = `export const install = 'touch it';`;
const only = (...platforms: string[]): string => `export const platforms = ${JSON.stringify(platforms)}; ${LEAF}`;

test('an entry for other platforms is passed over, and its recipe is not even looked for', async () => {
  const project = await createProject({
    'galley.js': `export const recipe_roots = ['recipes'];
      export const packages = [
        { recipe: 'test.gone@r1', platforms: ['${OTHER}', '${OWN}-${OTHER_ARCH}', 'windows'] },
        { recipe: 'test.own@r1', platforms: ['${OWN}'] },
        { recipe: 'test.exact@r1', platforms: ['windows', '${OWN}-${ARCH}'] },
      ];`,
    'recipes/test.own@r1.js': LEAF,
    'recipes/test.exact@r1.js': LEAF,
  });
  const { events } = await succeed(project, 'sync');
  expect(events.outcomes()).toEqual({ 'test.gone@r1': 'skipped', 'test.own@r1': 'built', 'test.exact@r1': 'built' });
});

test('a recipe for other platforms is passed over in the manifest, with all that only it needs', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  await project.write({
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = ['test.foreign@r1', 'test.own@r1'];`,
    'recipes/test.foreign@r1.js': `export const dependencies = [{ recipe: 'test.base@r1' }]; ${only(OTHER, 'windows')}`,
    'recipes/test.base@r1.js': `export const install = ${JSON.stringify(counter.note('base'))};`,
    'recipes/test.own@r1.js': only(OTHER, OWN),
  });
  const { events } = await succeed(project, 'sync');
  expect(events.outcomes()).toEqual({ 'test.foreign@r1': 'skipped', 'test.own@r1': 'built' });
  expect(await counter.order()).toEqual([]);
  const listed = JSON.parse((await succeed(project, 'list --json')).stdout) as { package: string; state: string }[];
  expect(listed.map(({ package: name, state }) => `${name} ${state}`)).toEqual([
    'test.foreign@r1 skipped',
    'test.own@r1 cached',
  ]);
});

test.each(['check', 'build', 'install', 'setup', 'deploy'])(
  'a dependency needed by %s that is not for this platform is an error at its place',
  async (phase) => {
    const project = await createProject({
      'galley.js': `export const recipe_roots = ['recipes']; export const packages = ['test.app@r1', 'test.ok@r1'];`,
      'recipes/test.app@r1.js': `${LEAF}
        export const dependencies = [
          { recipe: 'test.foreign@r1', needed_by: '${phase}' },
        ];`,
      'recipes/test.foreign@r1.js': only(OTHER),
      'recipes/test.ok@r1.js': LEAF,
    });
    const { status, events } = await galley(project, 'sync');
    expect(status).toBe(2);
    expect(events.problems()).toMatchObject([
      {
        code: 'PLATFORM_UNSUPPORTED',
        message: `test.foreign@r1, a dependency of test.app@r1, does not support ${OWN}-${ARCH}`,
        hint: 'Limit the platforms of this recipe too, or choose the dependency by platform',
        location: { file: project.at('recipes/test.app@r1.js'), line: 3 },
      },
    ]);
    expect(events.outcomes()).toMatchObject({ 'test.app@r1': 'failed', 'test.ok@r1': 'built' });
  },
);

test('a package for other platforms is no match for anybody', async () => {
  const project = await createProject({
    'recipes/best.jam@r1.js': only(OTHER),
    'recipes/acme.jam@r1.js': LEAF,
    'recipes/test.bread@r1.js': `
      export const dependencies = [{ recipe: 'jam', weak: { recipe: 'acme.jam@r1' } }];
      export const build = 'test -f "$GALLEY_ASSET_JAM/it"'; ${LEAF}`,
  });
  const { events } = await succeed(project, 'sync');
  expect(events.outcomes()).toMatchObject({ 'best.jam@r1': 'skipped', 'test.bread@r1': 'built' });
});

test('a recipe chooses its dependencies by the host that it sees', async () => {
  const project = await createProject({
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = ['test.app@r1'];`,
    'recipes/test.app@r1.js': `${LEAF}
      export const dependencies = host.os === '${OTHER}' ? [{ recipe: 'test.foreign@r1' }] : [{ recipe: 'test.own@r1' }];`,
    'recipes/test.foreign@r1.js': only(OTHER),
    'recipes/test.own@r1.js': only(OWN),
  });
  await succeed(project, 'sync');
});

test('a platform that does not exist is told with the nearest one', async () => {
  const project = await createProject({ 'recipes/test.app@r1.js': only('linx') });
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(2);
  expect(events.codes()).toEqual(['INVALID_VALUE']);
  expect(events.messages()).toContain('did you mean "linux"?');
});
