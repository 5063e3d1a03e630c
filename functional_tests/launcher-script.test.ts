// `galleyw`: whoever has a checkout and npm gets the pinned galley, once, and whoever has it loses no time.
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { listNames } from './rig/disk.ts';
import { cleanEnvironment, galley, PROGRAM, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';
import { startServer } from './rig/server.ts';

const PIN = '9.8.7';
const HOME = path.resolve(PROGRAM, '../..');

/** A galley of another version that only says how it was called. */
const STUB = `console.log(JSON.stringify(process.argv.slice(2))); process.exit(Number(process.env.EXIT ?? 0));`;

async function createPinned(pin = `export const galley = '${PIN}';`): Promise<Project> {
  const project = await createProject({ 'galley.js': `export const packages = [];\n${pin}\n` });
  await succeed(project, 'init --launcher');
  return project;
}

function installStub(project: Project, dir: string, text = STUB, version = PIN): Promise<void> {
  return project.write({
    [`${dir}/galley/package.json`]: JSON.stringify({ name: 'galley', version, type: 'module' }, undefined, 2),
    [`${dir}/galley/dist/galley.js`]: text,
  });
}

interface Called {
  status: number;
  stdout: string;
  stderr: string;
}

/** Calls the launcher of a project as a person does whose npm asks this registry. */
async function call(project: Project, args: string[], env: Record<string, string> = {}, cwd = '.'): Promise<Called> {
  const options = { cwd: project.at(cwd), env: { ...environmentOf(project), ...env } };
  try {
    const { stdout, stderr } = await promisify(execFile)(project.at('galleyw'), args, options);
    return { status: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { status: code, stdout, stderr };
  }
}

/** The tests run on this very node, so it comes first. */
function environmentOf(project: Project): Record<string, string> {
  const PATH = `${path.dirname(process.execPath)}:${process.env.PATH}`;
  return {
    ...cleanEnvironment(project),
    PATH,
    npm_config_registry: 'http://127.0.0.1:9/',
    npm_config_fetch_retries: '0',
  };
}

/** This galley as npm would publish it under another version, without the libraries that \`version\` does not load. */
async function startRegistry(project: Project) {
  const dir = path.join(project.rootDir, 'published');
  await mkdir(dir);
  const own = JSON.parse(await readFile(path.join(HOME, 'package.json'), 'utf8')) as Record<string, unknown>;
  const { dependencies: _, devDependencies: __, optionalDependencies: ___, scripts: ____, ...kept } = own;
  const manifest = { ...kept, version: PIN };
  for (const name of ['dist', 'runtime', 'recipes'])
    await cp(path.join(HOME, name), path.join(dir, name), { recursive: true });
  await writeFile(path.join(dir, 'package.json'), JSON.stringify(manifest, undefined, 2));
  const pack = ['pack', '--silent', '--pack-destination', project.rootDir];
  await promisify(execFile)('npm', pack, { cwd: dir, env: environmentOf(project) });
  const tarball = await readFile(path.join(project.rootDir, `galley-${PIN}.tgz`));
  const server = await startServer({ '/galley.tgz': tarball });
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  const dist = { tarball: server.url('/galley.tgz'), integrity };
  const document = { name: 'galley', 'dist-tags': { latest: PIN }, versions: { [PIN]: { ...manifest, dist } } };
  server.set('/galley', JSON.stringify(document));
  return { server, env: { npm_config_registry: server.url('/') } };
}

test('a checkout and npm are enough to run the pinned galley, which is installed once, however many ask at once', async () => {
  const project = await createPinned();
  const { server, env } = await startRegistry(project);
  // A registry that the repository names does not decide what this person runs everywhere.
  await project.write({ '.npmrc': 'registry=http://127.0.0.1:9/\n' });
  const first = await Promise.all([call(project, ['version'], env), call(project, ['version'], env)]);
  const { version } = JSON.parse(await readFile(path.join(HOME, 'package.json'), 'utf8')) as { version: string };
  // The program says its own version; the package has the pinned one.
  for (const { status, stdout, stderr } of first) expect([status, stdout], stderr).toEqual([0, `${version}\n`]);
  const versionsDir = path.join(project.homeDir, '.local/share/galley/versions');
  expect(await listNames(versionsDir)).toEqual([PIN]);
  expect(await listNames(path.join(versionsDir, PIN))).toContain('node_modules');
  expect((await listNames(path.join(versionsDir, PIN))).filter((name) => name.startsWith(`.${PIN}`))).toEqual([]);
  const asked = server.asked('/galley');
  expect(await call(project, ['version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  expect(server.asked('/galley')).toBe(asked);
});

test('the pinned galley of the project itself is run, with its arguments and its status, and another is not', async () => {
  const project = await createPinned();
  await project.write({ 'sub/x': '', '-p/galley.js': `export const galley = "${PIN}"` });
  await installStub(project, 'node_modules', STUB, '1.0.0');
  await installStub(project, '../home/.local/share/galley/versions/9.8.7/node_modules', `console.log('home')`);
  expect((await call(project, [])).stdout).toBe('home\n');
  await installStub(project, 'node_modules');
  const args = ['run', 'a b', '$c', '--', '"', ''];
  const direct = await call(project, args, { EXIT: '7' }, 'sub');
  expect([direct.status, JSON.parse(direct.stdout)]).toEqual([7, args]);
  // The node_modules of a repository serves the work trees in it.
  await cp(project.at('galleyw'), project.at('-p/galleyw'));
  const inner = await promisify(execFile)('sh', ['--', '-p/galleyw', 'x'], {
    cwd: project.dir,
    env: environmentOf(project),
  });
  expect(inner.stdout).toBe('["x"]\n');
});

test('a signal reaches galley itself', async () => {
  const project = await createPinned();
  await installStub(
    project,
    'node_modules',
    `process.on('SIGTERM', () => process.exit(9)); setInterval(() => {}, 1000); console.log('up');`,
  );
  const child = spawn(project.at('galleyw'), { env: environmentOf(project), stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.once('data', () => child.kill('SIGTERM'));
  expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(9);
});

test.skipIf(!existsSync('/usr/bin/strace'))(
  'an installed galley is started by the launcher without any other process',
  async () => {
    const project = await createPinned();
    await installStub(project, 'node_modules');
    const file = path.join(project.rootDir, 'trace');
    const trace = ['-f', '-qq', '-e', 'trace=execve,vfork,fork', '-o', file, project.at('galleyw')];
    await promisify(execFile)('strace', trace, { env: environmentOf(project) });
    const started = (await readFile(file, 'utf8')).split('\n').filter((line) => / = 0$/.test(line));
    expect(started.map((line) => /execve\("([^"]*)"/.exec(line)?.[1])).toEqual([
      project.at('galleyw'),
      expect.stringMatching(/node$/),
    ]);
  },
);

const PINS: Record<string, { pin: string; says: string }> = {
  'no pin': { pin: '', says: 'has no line such as' },
  'a pin that is computed': { pin: 'export const galley = VERSION;', says: 'has no line such as' },
  'a pin that is a path': { pin: `export const galley = '9/../../x';`, says: 'is no version' },
  'a pin that is code': { pin: `export const galley = '1;touch owned';`, says: 'is no version' },
  'a pin that nobody has': { pin: `export const galley = '7.7.7';`, says: 'npm could not install galley@7.7.7' },
};

test.each(Object.entries(PINS))(
  'with %s the launcher says what is wrong, and runs nothing',
  async (_name, { pin, says }) => {
    const project = await createPinned(pin);
    const { status, stdout, stderr } = await call(project, ['version']);
    expect([status, stdout]).toEqual([says.startsWith('npm') ? 3 : 2, '']);
    expect(stderr).toContain(says);
    expect(await listNames(project.dir)).not.toContain('owned');
    expect(await listNames(path.join(project.homeDir, '.local/share/galley/versions'))).toEqual([]);
  },
);

test('without npm the launcher says so', async () => {
  const project = await createPinned();
  const bin = project.at('bin');
  await mkdir(bin);
  const { status, stderr } = await call(project, [], { PATH: bin }).catch(() => ({ status: 0, stderr: '' }));
  expect([status, stderr]).toEqual([
    3,
    `galleyw: galley ${PIN} is not installed, and there is no npm to install it with\n`,
  ]);
});

test('init writes the launcher once, and says what else is to be done', async () => {
  const project = await createProject({ 'galley.js': 'export const packages = [];' });
  const first = await succeed(project, 'init --launcher', { told: 'words' });
  expect(first.stderr).toMatch(/Writing .*\/galleyw\n.*Next: add "export const galley = '\d/);
  await writeFile(project.at('galleyw'), 'mine');
  await chmod(project.at('galleyw'), 0o755);
  await succeed(project, 'init --launcher');
  expect(await readFile(project.at('galleyw'), 'utf8')).toBe('mine');
  await rm(project.at('galley.js'));
  const without = await succeed(project, 'init --launcher', { told: 'words' });
  expect(without.stderr).toContain(`Next: "galley init", then add "export const galley = '`);
});

test('another version than the pinned one stops, whatever else it would not understand, and says how to get that one', async () => {
  const project = await createProject({ 'galley.js': `export const galley = '${PIN}'; export const novelty = 1;` });
  const hintOf = async (): Promise<string> => {
    const { status, events } = await galley(project, 'sync');
    expect([status, events.codes()]).toEqual([2, ['TOOL_VERSION']]);
    return events.messages();
  };
  expect(await hintOf()).toContain('galley init --launcher');
  await succeed(project, 'init --launcher');
  expect(await hintOf()).toContain('Run ./galleyw instead of galley');
  await rm(project.at('galleyw'));
  const homes = {
    'node_modules/galley': 'npm install --save-dev',
    '../lib/node_modules/galley': 'npm install --global',
    '../home/.npm/_npx/1234/node_modules/galley': 'npx galley@',
  };
  for (const [home, hint] of Object.entries(homes)) {
    for (const name of ['dist', 'runtime', 'recipes', 'package.json']) {
      await cp(path.join(HOME, name), project.at(home, name), { recursive: true });
    }
    // Its libraries are those of this checkout.
    await symlink(path.join(HOME, 'node_modules'), project.at(home, 'node_modules'));
    const env = cleanEnvironment(project);
    const args = [project.at(home, 'dist/galley.js'), 'sync'];
    const run = await promisify(execFile)(process.execPath, args, { cwd: project.dir, env }).catch((error) => error);
    expect(run.stderr, home).toContain(hint);
    await rm(project.at(home), { recursive: true });
  }
});
