// Files from an index of Python packages: the one that suits the machine, pinned for its platform, and never asked for
// again. The real index is asked once; one of our own tells what the real one never would.
import { expect, test } from 'vitest';
import { sha256OfBytes } from '../src/system/digest.ts';
import { assetOf, readTree, removeAll } from './rig/disk.ts';
import { galley, succeed } from './rig/galley.ts';
import { PLATFORM, readLock } from './rig/lock.ts';
import { createProject, type Project } from './rig/project.ts';
import { type Server, startServer } from './rig/server.ts';
import { networkEnvironment } from './rig/shared-cache.ts';

const TOOL = 'test.tool@r1';
const ARCHS = process.arch === 'arm64' ? ['aarch64', 'arm64'] : ['x86_64', 'x86_64'];
/** Whatever machine runs this test is one of them. */
const OWN = ['manylinux_2_5', 'musllinux_1_0', 'macosx_10_9'].map(
  (system, index) => `${system}_${ARCHS[index === 2 ? 1 : 0]}`,
);

const takes = (source: string): string => `
  export const fetch = ${JSON.stringify(source)};
  export const stage = 'cp "$GALLEY_FETCH_DIR"/* .';`;

const projectOf = (source: string): Promise<Project> => createProject({ [`recipes/${TOOL}.js`]: takes(source) });

/** An index with one project; each name is a file whose bytes are its name. */
async function startIndex(
  names: string[],
  sha256Of = sha256OfBytes,
): Promise<Server & { env: Record<string, string> }> {
  const files = names.map((filename) => ({
    filename,
    url: `/files/${filename}`,
    hashes: { sha256: sha256Of(filename) },
  }));
  const server = await startServer({
    '/simple/tool/': JSON.stringify({ meta: { 'api-version': '1.0' }, name: 'tool', files }),
    ...Object.fromEntries(names.map((name) => [`/files/${name}`, name])),
  });
  return { ...server, env: { PIP_INDEX_URL: server.url('/simple') } };
}

test('the wheel of this platform is pinned, and with the lock file no index is asked', async () => {
  const index = await startIndex([...OWN, 'win_amd64'].map((platform) => `tool-1.0-py3-none-${platform}.whl`));
  const project = await projectOf('pypi:tool@1.0');
  await succeed(project, 'sync', { env: index.env });
  const [name, content] = Object.entries(await assetOf(project, TOOL))[0] ?? [];
  expect(name).toBe('tool-1.0.whl');
  expect(OWN.map((platform) => `tool-1.0-py3-none-${platform}.whl`)).toContain(content);
  const bytes = { sha256: sha256OfBytes(`${content}`), size: content?.length };
  const url = index.url(`/files/${content}`);
  expect(await readLock(project)).toEqual([
    { package: TOOL, kind: 'file', source: 'pypi:tool@1.0', platform: PLATFORM, url, ...bytes },
  ]);
  await removeAll(project.cacheDir);
  await succeed(project, 'sync --frozen', { env: index.env });
  expect([index.asked('/simple/tool/'), index.asked(`/files/${content}`)]).toEqual([1, 2]);
});

test('a file that is named keeps its name, and several that could be meant are refused', async () => {
  const names = ['tool-1.0-cp311-cp311', 'tool-1.0-cp312-cp312'].flatMap((start) =>
    OWN.map((end) => `${start}-${end}.whl`),
  );
  const index = await startIndex(names);
  const refused = await galley(await projectOf('pypi:tool@1.0'), 'sync', { env: index.env });
  expect([refused.status, refused.events.codes()]).toEqual([2, ['SOURCE_AMBIGUOUS']]);
  expect(refused.events.messages()).toMatch(
    /Name one of them after #: tool-1\.0-cp311-cp311-\w+\.whl, tool-1\.0-cp312-cp312-/,
  );
  const named = await projectOf(`pypi:tool@1.0#${names[0]}`);
  await succeed(named, 'sync', { env: index.env });
  expect(await assetOf(named, TOOL)).toEqual({ [`${names[0]}`]: names[0] });
});

test('an index that publishes another digest than that of its bytes is not believed', async () => {
  const index = await startIndex(['tool-1.0-py3-none-any.whl'], () => sha256OfBytes('other'));
  const run = await galley(await projectOf('pypi:tool@1.0'), 'sync', { env: index.env });
  expect([run.status, run.events.codes()]).toEqual([1, ['DIGEST_MISMATCH']]);
});

test('a version that does not exist is told with those that do, and a password is told nowhere', async () => {
  const index = await startIndex(['tool-1.0.tar.gz', 'tool-1.10.tar.gz', 'tool-1.9.tar.gz']);
  const project = await projectOf('pypi:tool@3.0');
  const env = { PIP_INDEX_URL: index.url('/simple').replace('//', '//me:sesame@') };
  const run = await galley(project, 'sync', { env });
  expect(run.events.codes()).toEqual(['SOURCE_NOT_FOUND']);
  expect(run.events.messages()).toContain('The last are 1.10, 1.9, 1.0');
  expect(JSON.stringify(run.events.all)).not.toContain('sesame');
  await project.write({ [`recipes/${TOOL}.js`]: takes('pypi:tool@1.0#*.tar.gz') });
  await succeed(project, 'sync', { env });
  expect(JSON.stringify(await readTree(project.dir))).not.toContain('sesame');
});

test('a small tool comes from the real index, unpacks and works', async () => {
  const project = await createProject({
    [`recipes/${TOOL}.js`]: `
      export const fetch = 'pypi:ninja@1.11.1.1';
      export const products = { ninja: 'ninja/data/bin/ninja' };`,
  });
  await succeed(project, 'sync', { env: networkEnvironment() });
  expect((await succeed(project, ['run', 'ninja', '--version'])).stdout).toContain('1.11.1');
});
