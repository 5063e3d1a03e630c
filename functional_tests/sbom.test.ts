// galley sbom: bills of materials that the official schemas accept, that tell what is known and what is not, and that
// are the same bytes for the same packages.
import { cp, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { listNames } from './rig/disk.ts';
import { galley, succeed } from './rig/galley.ts';
import { readLock } from './rig/lock.ts';
import { createProject, type Project } from './rig/project.ts';
import { createRepository } from './rig/repository.ts';
import { findFaultsOfJson, findFaultsOfXml } from './rig/schema.ts';
import { startServer } from './rig/server.ts';
import { tarOf } from './rig/tar.ts';

interface Component {
  'bom-ref': string;
  name: string;
  version?: string;
  scope?: string;
  purl?: string;
  licenses?: unknown[];
  externalReferences?: { url: string; type: string; hashes?: { content: string }[]; comment?: string }[];
  properties: { name: string; value: string }[];
}

interface Bom {
  serialNumber: string;
  metadata: { component: Component; timestamp?: string };
  components: Component[];
  dependencies: { ref: string; dependsOn?: string[] }[];
}

const property = ({ properties }: Component, name: string): string[] =>
  properties.filter((one) => one.name === `galley:${name}`).map(({ value }) => value);

const find = (bom: Bom, ref: string): Component =>
  bom.components.find((component) => component['bom-ref'] === ref) as Component;

/** An application with what it is built with, what it runs with, and a package of the system. */
async function createShop(): Promise<{ project: Project; url: string; commit: string }> {
  const { url } = await startServer({ '/lib-2.0.tar?token=sesame': await tarOf({ 'lib.c': 'int lib;' }) });
  const project = await createProject();
  const repository = createRepository(path.join(project.rootDir, 'repo'));
  const commit = await repository.commit({ 'a.c': 'int a;' });
  await project.write({
    'galley.js': `export const recipe_roots = ['recipes'];
      export const packages = ['test.app@r1', 'test.system@r1', { recipe: 'test.elsewhere@r1', platforms: ['windows'] }];`,
    'recipes/test.app@r1.js': `
      export const description = 'An <app> & more';
      export const homepage = 'https://example.com/app';
      export const license = 'mit OR Apache-2.0';
      export const fetch = [{ url: '${repository.url}', ref: 'main' }, { path: 'files' }];
      export const dependencies = [
        { recipe: 'test.lib@r2', options: { version: '2.0' }, runtime: true }, { recipe: 'test.cc@r1' }];`,
    'recipes/test.lib@r2.js': `
      export const license = 'The Words of Somebody';
      export const options = { version: { type: 'string' } };
      export const fetch = async () => ({ url: '${url('/lib-2.0.tar')}?token=sesame' });`,
    // Its files name the cache that they are in.
    'recipes/test.cc@r1.js': `export const install = 'echo "$GALLEY_ASSET_DIR" > cc';`,
    'recipes/test.system@r1.js': `export const check = 'true';`,
    'recipes/test.elsewhere@r1.js': '',
    'recipes/files/x': 'x',
  });
  return { project, url: url('/lib-2.0.tar'), commit };
}

const LIB = 'test.lib@r2{"version":"2.0"}';

test('a bill tells every package with its sources, hashes, licenses and needs, and the schemas accept it', async () => {
  const { project, url, commit } = await createShop();
  await succeed(project, 'sync');
  const { stdout, events } = await succeed(project, 'sbom');
  expect(await findFaultsOfJson(stdout, project.rootDir)).toBe('');
  const xml = (await succeed(project, 'sbom --format xml')).stdout;
  expect(await findFaultsOfXml(xml, project.rootDir)).toBe('');
  expect(events.of('log.message')).toEqual([]);

  const bom: Bom = JSON.parse(stdout);
  expect(xml).toContain(`serialNumber="${bom.serialNumber}"`);
  expect(bom.metadata.component.name).toBe('project');
  expect(bom.metadata.timestamp).toBeUndefined();
  expect(bom.components.map((component) => [component['bom-ref'], component.scope])).toEqual([
    ['test.app@r1', 'required'],
    ['test.cc@r1', 'excluded'],
    [LIB, 'required'],
    ['test.system@r1', 'required'],
  ]);
  expect(bom.dependencies).toContainEqual({ ref: 'test.app@r1', dependsOn: ['test.cc@r1', LIB] });
  expect(bom.dependencies).toContainEqual({ ref: 'project', dependsOn: ['test.app@r1', 'test.system@r1'] });

  const app = find(bom, 'test.app@r1');
  expect(app).toMatchObject({ description: 'An <app> & more', licenses: [{ expression: 'MIT OR Apache-2.0' }] });
  expect(app.externalReferences?.map((reference) => [reference.type, reference.url])).toEqual([
    ['vcs', `git+file://${project.rootDir}/repo#${commit}`],
    ['website', 'https://example.com/app'],
  ]);
  expect(property(app, 'local_source')).toEqual([expect.stringMatching(/^files [0-9a-f]{64}$/)]);
  expect(property(app, 'build_dependency')).toEqual(['test.cc@r1']);
  expect(property(app, 'recipe')).toEqual(['recipes/test.app@r1.js']);

  const lib = find(bom, LIB);
  const locked = (await readLock(project)).find((record) => record.kind === 'file' && record.package === LIB);
  expect(lib.externalReferences?.[0]?.hashes).toMatchObject([
    { content: locked && 'sha256' in locked && locked.sha256 },
  ]);
  expect(lib).toMatchObject({ version: '2.0', licenses: [{ license: { name: 'The Words of Somebody' } }] });
  expect(decodeURIComponent(`${lib.purl}`)).toMatch(
    new RegExp(`^pkg:generic/lib@2.0.checksum=sha256:[0-9a-f]{64}&download_url=${url}`),
  );
  for (const name of ['key', 'recipe_sha256']) expect(property(lib, name)).toHaveLength(1);
  expect([property(lib, 'state'), property(find(bom, 'test.system@r1'), 'state')]).toEqual([
    ['cached'],
    ['user-managed'],
  ]);
  expect(stdout + xml).not.toContain('sesame');
});

test('the same packages give the same bytes, whatever the time, the place and the cache', async () => {
  const { project } = await createShop();
  await succeed(project, 'sync');
  const first = (await succeed(project, 'sbom')).stdout;
  await cp(project.dir, path.join(project.rootDir, 'elsewhere/project'), { recursive: true });
  const env = { GALLEY_CACHE_ROOT: `${project.rootDir}/other` };
  const manifest = ['--manifest', `${project.rootDir}/elsewhere/project/galley.js`];
  await succeed(project, ['sync', ...manifest], { env });
  expect((await succeed(project, ['sbom', ...manifest], { env })).stdout).toBe(first);
  // A date is told where there is one for all, and another content has another number.
  const dated = JSON.parse((await succeed(project, 'sbom', { env: { SOURCE_DATE_EPOCH: '86400' } })).stdout);
  expect(dated.metadata.timestamp).toBe('1970-01-02T00:00:00.000Z');
  expect(dated.serialNumber).not.toBe(JSON.parse(first).serialNumber);
  const wrong = await galley(project, 'sbom', { env: { SOURCE_DATE_EPOCH: 'today' } });
  expect([wrong.status, wrong.events.codes()]).toEqual([2, ['SETTING_INVALID']]);
});

test('one package is told with what it needs, in the scope and the file that are asked for', async () => {
  const { project } = await createShop();
  await succeed(project, 'sync');
  const { stdout } = await succeed(project, [
    'sbom',
    'app',
    '--scope',
    'runtime',
    '--output',
    'out/bom.json',
    '--dry-run',
  ]);
  expect([stdout, await listNames(project.dir)]).toEqual(['', expect.not.arrayContaining(['out'])]);
  await succeed(project, 'sbom app --scope runtime --output bom.json');
  const text = await readFile(project.at('bom.json'), 'utf8');
  expect(await findFaultsOfJson(text, project.rootDir)).toBe('');
  const bom: Bom = JSON.parse(text);
  expect(bom.metadata.component['bom-ref']).toBe('test.app@r1');
  expect(bom.components.map((component) => component['bom-ref'])).toEqual([LIB]);
  expect(bom.dependencies).toEqual([{ ref: 'test.app@r1', dependsOn: [LIB] }, { ref: LIB }]);
  expect(text).not.toContain('test.cc');
  const wrong = await galley(project, 'sbom --format yaml');
  expect([wrong.status, wrong.events.messages()]).toEqual([2, expect.stringContaining('known: json, xml')]);
  const nowhere = await galley(project, 'sbom --output missing/dir/bom.json');
  expect([nowhere.status, nowhere.events.codes()]).toEqual([3, ['IO_ERROR']]);
});

test('what is not made yet is told with gaps, by name and by warning, and nothing is made for it', async () => {
  const { project, url } = await createShop();
  const { stdout, events } = await succeed(project, 'sbom --name shop');
  expect(await findFaultsOfJson(stdout, project.rootDir)).toBe('');
  const bom: Bom = JSON.parse(stdout);
  expect(bom.metadata.component.name).toBe('shop');
  expect(events.of('log.message')[0]?.text).toContain(`(test.app@r1, test.cc@r1, ${LIB})`);
  expect(find(bom, LIB)).toMatchObject({ name: 'lib' });
  const app = find(bom, 'test.app@r1').externalReferences;
  expect(app?.[0]).toMatchObject({ type: 'vcs', url: expect.stringMatching(/#main$/) });
  expect(JSON.stringify(bom)).not.toContain(`${url}`);
  expect(await listNames(project.cacheDir)).not.toContain('assets');
  expect(await listNames(project.dir)).toEqual(['.git', 'galley.js', 'recipes']);
});
