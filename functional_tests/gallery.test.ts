// The projects in test_data/projects, like those of teams who move to galley: each is synced as CI does it on a fresh clone,
// what it makes does real work, and then there is nothing left to do.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { crc32 } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { cleanEnvironment, galley, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';
import { networkEnvironment, overSharedCache } from './rig/shared-cache.ts';

const PROJECTS = path.resolve(import.meta.dirname, '../test_data/projects');

/** Compilers are built here, while other tests are at work. */
const LONG = { timeout: 600_000 };

/** In CI the lock file is frozen: what it does not say is an error. */
const IN_CI = { ...networkEnvironment(), CI: 'true' };

async function clone(name: string): Promise<Project> {
  const project = overSharedCache(await createProject({ 'galley.js': '' }));
  const isChecked = (file: string) => path.basename(file) !== '.galley';
  await cp(path.join(PROJECTS, name), project.dir, { recursive: true, filter: isChecked });
  return project;
}

/** A clone, synced once with work and once without. */
async function syncedClone(name: string): Promise<Project> {
  const project = await clone(name);
  const lock = await readFile(project.at('galley.lock'), 'utf8');
  await succeed(project, 'sync', { env: IN_CI });
  const { events } = await succeed(project, 'sync', { env: IN_CI });
  expect(Object.values(events.outcomes()).filter((outcome) => !['cached', 'present'].includes(outcome))).toEqual([]);
  expect(await readFile(project.at('galley.lock'), 'utf8')).toBe(lock);
  return project;
}

function environmentOf(project: Project): NodeJS.ProcessEnv {
  const env = cleanEnvironment(project);
  return { ...env, PATH: `${project.at('.galley/bin')}${path.delimiter}${env.PATH}` };
}

/** Starts a product by its launcher, as a person does who has a hook in the shell. */
function run(project: Project, command: string, args: string[], input = ''): string {
  const options = { cwd: project.dir, env: environmentOf(project), encoding: 'utf8', stdio: 'pipe' } as const;
  return execFileSync(command, args, { ...options, input });
}

async function productOf(project: Project, name: string): Promise<string> {
  return (await succeed(project, `product ${name}`)).stdout.trim();
}

test('a C++ service is built with the compiler and the libraries of its repository, and serves', LONG, async () => {
  const project = await syncedClone('cpp-service');
  await succeed(project, 'test stowage', { env: IN_CI });
  const service = spawn('stowage', [], { env: environmentOf(project), stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void service.kill('SIGKILL'));
  const [url] = (await once(createInterface({ input: service.stdout }), 'line')) as [string];

  const text = await readFile(project.at('stowage/src/http.cc'), 'utf8');
  const stored = await fetch(`${url}/http.cc`, { method: 'PUT', body: text });
  expect(stored.status).toBe(201);
  const [size, packed] = (await stored.text()).trim().split(' -> ').map(Number) as [number, number];
  expect(size).toBe(Buffer.byteLength(text));
  expect(packed).toBeLessThan(size);

  expect(await (await fetch(`${url}/http.cc`, { headers: { 'accept-encoding': 'identity' } })).text()).toBe(text);
  // Somebody else's gunzip reads what libdeflate wrote.
  const zipped = await fetch(`${url}/http.cc`, { headers: { 'accept-encoding': 'gzip' } });
  expect(zipped.headers.get('content-encoding')).toBe('gzip');
  expect(await zipped.text()).toBe(text);
  expect((await fetch(`${url}/nothing`)).status).toBe(404);
});

test('a monorepo is synced as a whole and in parts, and programs of two languages work together', LONG, async () => {
  const project = await syncedClone('monorepo');
  await succeed(project, 'test page report lint', { env: IN_CI });
  const sales = await readFile(project.at('data/sales.csv'), 'utf8');
  const report = run(project, 'report', [], sales);
  expect(report).toContain('| Bremen  |       2 |      165 |');
  const page = run(project, 'page', [], report);
  expect(page).toContain('<title>Sales</title>');
  expect(page).toContain('<td>Rostock</td>');

  expect(run(project, 'lint', ['data'])).toContain('All checks passed');
  await writeFile(project.at('data/report/careless.py'), 'import os\n');
  expect(() => run(project, 'lint', ['data'])).toThrow();

  // What the whole has made is there for the part.
  const { events } = await succeed(project, 'sync', { cwd: 'web', env: networkEnvironment() });
  expect(new Set(Object.values(events.outcomes()))).toEqual(new Set(['cached']));
  expect(Object.keys(events.outcomes()).filter((name) => name.startsWith('data.'))).toEqual([]);
});

test('firmware is linked for its board, and a tool for this machine reads what would be flashed', LONG, async () => {
  const project = await syncedClone('firmware');
  await succeed(project, 'test blinker hexmap', { env: IN_CI });
  const image = await readFile(await productOf(project, 'blinker-bin'));
  expect(image.readUInt32LE(0)).toBe(0x2000_5000);
  const elf = await readFile(await productOf(project, 'blinker-elf'));
  expect([elf.readUInt8(4), elf.readUInt16LE(18)]).toEqual([1, 40]); // ELFCLASS32, EM_ARM

  // The tool saw the same bytes in the text of the HEX file as are in the image, and erased flash behind them.
  const page = Buffer.alloc(1024, 0xff);
  image.copy(page);
  const crc = crc32(page).toString(16).padStart(8, '0');
  const pages = run(project, 'hexmap', [await productOf(project, 'blinker-hex')]);
  expect(pages).toBe(`0x08000000 ${String(image.length).padStart(4)} bytes  crc ${crc}\n${image.length} bytes\n`);

  const faster = (await readFile(project.at('galley.js'), 'utf8')).replace(
    'beats_per_minute: 72',
    'beats_per_minute: 180',
  );
  await project.write({ 'galley.js': faster });
  await succeed(project, 'sync', { env: IN_CI });
  expect(image.equals(await readFile(await productOf(project, 'blinker-bin')))).toBe(false);
});

test('a repository that only pins its tools checks itself with them, and CI refuses another pin', LONG, async () => {
  const project = await syncedClone('pinned-tools');
  run(project, 'just', ['check']);
  await project.write({ 'scripts/careless.sh': '#!/bin/sh\nrm $1\n' });
  expect(() => run(project, 'just', ['check'])).toThrow('shell');

  const lock = await readFile(project.at('galley.lock'), 'utf8');
  const wrong = lock.replace(/("pypi:rust-just@[^}]+"sha256": ")[0-9a-f]{8}/, '$100000000');
  expect(wrong).not.toBe(lock);
  await project.write({ 'galley.lock': wrong });
  const refused = await galley(project, 'sync', { env: IN_CI });
  expect(refused.status).not.toBe(0);
  expect(refused.events.messages()).toContain('rust-just');
});

test('a version that the lock file does not know is refused in CI, and told', LONG, async () => {
  const project = await clone('pinned-tools');
  const manifest = await readFile(project.at('galley.js'), 'utf8');
  await project.write({ 'galley.js': manifest.replace("'0.17.6'", "'0.17.5'") });
  const refused = await galley(project, 'sync', { env: IN_CI });
  expect(refused.status).not.toBe(0);
  expect(refused.events.messages()).toContain('0.17.5');
});
