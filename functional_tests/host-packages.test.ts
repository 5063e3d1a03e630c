// The recipes that wrap what is on the host, with the real tools: something small is installed and found again, two at
// once do not meet, and what was there before stays as it is. The host is left as it was, but for caches and logs.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { JsonObject } from '../src/model/json.ts';
import { galley, type Running, start, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';
import { networkEnvironment } from './rig/shared-cache.ts';
import { findTool } from './rig/toolbox.ts';

const env = networkEnvironment();
// Package managers take their time on a machine that has other things to do.
vi.setConfig({ testTimeout: 180_000 });

const isRoot = process.getuid?.() === 0;
const run = (command: string, ...args: string[]): string => execFileSync(command, args, { encoding: 'utf8' });

/** The project now wants this recipe with these options, and nothing else. */
async function want(project: Project, recipe: string, options: JsonObject): Promise<void> {
  await project.write({ 'galley.js': `export const packages = [${JSON.stringify({ recipe, options })}];` });
}

/** What came of the only package of a run that went well. */
async function sync(project: Project): Promise<string | undefined> {
  return Object.values((await succeed(project, 'sync', { env })).events.outcomes())[0];
}

/** What a run says that has to fail. */
async function failure(project: Project): Promise<string> {
  const { status, stderr } = await galley(project, 'sync', { env, told: 'words' });
  expect(status).toBe(1);
  return stderr;
}

/** Small, needed by nobody, and in every release of Debian and Ubuntu: package → what it brings. */
const TRIFLES = { hello: '/usr/bin/hello', 'libjs-sprintf-js': '/usr/share/javascript/sprintf-js' };
/** There while they are installed by a test: after a killed one they would look as if they had always been here. */
const TRIAL = '/var/tmp/galley-test-trifles';
if (existsSync(TRIAL)) purgeTrifles();
const hasApt = isRoot && findTool('apt-get') !== undefined && !Object.values(TRIFLES).some(existsSync);

// biome-ignore lint/suspicious/noTemplateCurlyInString: this is the language of dpkg-query
const VERSION_AND_ARCH = '${Version} ${Architecture}';

test.skipIf(!hasApt)(
  'two processes of galley.apt wait for the lock of dpkg, then for one another, and find again what they installed',
  async () => {
    onTestFinished(purgeTrifles);
    writeFileSync(TRIAL, '');
    const [project, other] = [await createProject(), await createProject()];
    await want(project, 'galley.apt@r1', { packages: ['tar', 'hello'], products: { greet: TRIFLES.hello } });
    await want(other, 'galley.apt@r1', { packages: ['libjs-sprintf-js'] });
    const dpkg = await holdLocks('/var/lib/dpkg/lock-frontend', '/var/lib/dpkg/lock');
    const runs = [project, other].map((one) => start(one, 'sync', { env }));
    for (const running of runs) await shows(running, 'Could not get lock /var/lib/dpkg/lock-frontend');
    dpkg.release();
    for (const running of runs) {
      const { events } = await running.finished;
      expect(Object.values(events.outcomes()), events.messages()).toEqual(['installed']);
    }
    expect(Object.values(TRIFLES).map(existsSync)).toEqual([true, true]);
    expect((await succeed(project, ['run', 'greet', '--version'])).stdout).toContain('hello');

    const [version, arch] = run('dpkg-query', '--show', '--showformat', VERSION_AND_ARCH, 'hello').split(' ');
    const packages = ['hello', `hello=${version}`, `hello:${arch}`, `hello:${arch}=${version}`];
    await want(project, 'galley.apt@r1', { packages });
    expect(await sync(project)).toBe('present');
    await want(project, 'galley.apt@r1', { packages: ['hello=0.1'] });
    expect(await failure(project)).toContain("E: Version '0.1' for 'hello' was not found");
    expect(run('dpkg-query', '--show', 'hello')).toContain(version);
  },
);

test.skipIf(!hasApt)('galley.apt waits for the lock of the lists, and fails with the words of apt', async () => {
  const project = await createProject();
  // To apt-get itself the dot would make it a regular expression.
  await want(project, 'galley.apt@r1', { packages: ['hell.'] });
  const lists = await holdLocks('/var/lib/apt/lists/lock');
  const running = start(project, 'sync', { env });
  await shows(running, 'E: Could not get lock /var/lib/apt/lists/lock');
  lists.release();
  const { status, events } = await running.finished;
  expect(status).toBe(1);
  expect(
    events
      .of('output.line')
      .map(({ text }) => text)
      .join('\n'),
  ).toContain('E: Unable to locate package hell.');
});

function purgeTrifles(): void {
  run('apt-get', 'purge', '--yes', ...Object.keys(TRIFLES));
  rmSync(TRIAL);
}

/** Locks files as dpkg and apt do, in a process of its own. */
async function holdLocks(...files: string[]): Promise<{ release(): void }> {
  const script = `
import fcntl, sys
held = [open(file, 'w') for file in sys.argv[1:]]
for file in held: fcntl.lockf(file, fcntl.LOCK_EX)
print('held', flush=True)
sys.stdin.read()`;
  const holder = spawn('python3', ['-c', script, ...files], { stdio: ['pipe', 'pipe', 'inherit'] });
  const release = (): void => void holder.stdin.end();
  onTestFinished(release);
  await new Promise((resolve) => holder.stdout.once('data', resolve));
  return { release };
}

/** Waits until a run shows such a line. */
async function shows(running: Running, line: string): Promise<void> {
  await running.event('output.line', ({ text }) => text.includes(line));
}

// Debian has dnf and rpm. There the list of installed packages is in the home directory, which belongs to the test, and so
// does the place where this package puts its only file.
const hasDnf =
  isRoot &&
  ['dnf', 'rpmbuild', 'createrepo_c'].every(findTool) &&
  run('rpm', '--eval', '%_dbpath').startsWith(process.env.HOME ?? '/');

test.skipIf(!hasDnf)(
  'galley.dnf installs what is missing, in the version that was asked for, and skips what is there',
  async () => {
    const project = await createProject();
    const ahoy = path.join(project.rootDir, 'ahoy');
    offerRpms(project, ahoy, ['1.0', '2.0']);
    const says = (): string => run(ahoy).trim();

    await want(project, 'galley.dnf@r1', { packages: ['ahoy-1.0'], products: { ahoy } });
    expect([await sync(project), await sync(project), says()]).toEqual(['installed', 'present', 'ahoy 1.0']);
    expect((await succeed(project, 'run ahoy')).stdout).toBe('ahoy 1.0\n');
    await want(project, 'galley.dnf@r1', { packages: ['ahoy'] });
    expect([await sync(project), says()]).toEqual(['present', 'ahoy 1.0']);
    await want(project, 'galley.dnf@r1', { packages: ['ahoy-2.0-1.noarch'] });
    expect([await sync(project), says()]).toEqual(['installed', 'ahoy 2.0']);
    await want(project, 'galley.dnf@r1', { packages: ['ahoy', 'nope'] });
    expect(await failure(project)).toContain('No match for argument: nope');
  },
);

const REPOSITORIES = '/etc/yum.repos.d/galley-test.repo';

/** A repository that dnf knows for the time of the test: a package in several versions, with one program. */
function offerRpms({ rootDir }: Project, file: string, versions: string[]): void {
  const repository = path.join(rootDir, 'repository');
  for (const version of versions) {
    const spec = path.join(rootDir, 'ahoy.spec');
    writeFileSync(
      spec,
      `
Name: ahoy
Version: ${version}
Release: 1
Summary: Says ahoy
License: MIT
BuildArch: noarch
AutoReq: no
%description
Says ahoy.
%install
install -d %{buildroot}${rootDir}
printf '#!/bin/sh\\necho ahoy ${version}\\n' > %{buildroot}${file}
%files
%attr(755, -, -) ${file}
`,
    );
    run('rpmbuild', '-bb', '--quiet', '-D', `_topdir ${rootDir}/rpmbuild`, '-D', `_rpmdir ${repository}`, spec);
  }
  run('createrepo_c', '--quiet', repository);
  onTestFinished(() => rmSync(REPOSITORIES));
  mkdirSync(path.dirname(REPOSITORIES), { recursive: true });
  writeFileSync(
    REPOSITORIES,
    `[galley-test]\nname=galley-test\nbaseurl=file://${repository}\ngpgcheck=0\nmetadata_expire=0\n`,
  );
}

test('two packages of galley.pip share an environment that none of them found, and are changed only when asked', async () => {
  const environment = { venv: 'tools', products: { pyflakes: 'tools/bin/pyflakes', py: 'tools/bin/python' } };
  const project = await createProject();
  const packages = [['pyflakes==3.1.0'], ['six==1.16']].map((names) => ({
    recipe: 'galley.pip@r1',
    options: { venv: 'tools', packages: names },
  }));
  await project.write({
    'galley.js': `export const packages = ${JSON.stringify(packages)};`,
    'lame.py': 'import os\n',
  });
  const { events } = await succeed(project, 'sync', { env });
  expect(Object.values(events.outcomes())).toEqual(['installed', 'installed']);

  await want(project, 'galley.pip@r1', { ...environment, packages: ['pyflakes', 'six==1.16.0'] });
  expect(await sync(project)).toBe('present');
  expect((await galley(project, 'run pyflakes lame.py')).stdout).toContain("'os' imported but unused");
  expect((await succeed(project, ['run', 'py', '-c', 'import six; print(six.__version__)'])).stdout).toBe('1.16.0\n');
  await want(project, 'galley.pip@r1', { ...environment, packages: ['pyflakes==3.2.0'] });
  expect(await sync(project)).toBe('installed');
  expect((await succeed(project, 'run pyflakes --version')).stdout).toContain('3.2.0');
  await want(project, 'galley.pip@r1', { ...environment, packages: ['six==0.0.1'] });
  expect(await failure(project)).toContain('No matching distribution found for six==0.0.1');
});

test('two packages of galley.npm share a prefix, and are changed only when asked', async () => {
  const project = await createProject();
  const packages = [['semver@7.6.2'], ['mkdirp@3.0.1']].map((names) => ({
    recipe: 'galley.npm@r1',
    options: { prefix: 'tools', packages: names },
  }));
  await project.write({ 'galley.js': `export const packages = ${JSON.stringify(packages)};` });
  const { events } = await succeed(project, 'sync', { env });
  expect(Object.values(events.outcomes())).toEqual(['installed', 'installed']);

  const tools = { prefix: 'tools', products: { semver: 'tools/bin/semver' } };
  await want(project, 'galley.npm@r1', { ...tools, packages: ['semver', 'mkdirp@3.0.1'] });
  expect(await sync(project)).toBe('present');
  expect((await succeed(project, 'run semver -i minor 1.2.3')).stdout).toBe('1.3.0\n');
  await want(project, 'galley.npm@r1', { ...tools, packages: ['semver@7.6.3'] });
  expect([await sync(project), await sync(project)]).toEqual(['installed', 'present']);
  await want(project, 'galley.npm@r1', { ...tools, packages: ['semver@0.0.0'] });
  expect(await failure(project)).toContain('No matching version found for semver@0.0.0');
});
