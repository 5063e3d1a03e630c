// `galley build` on disks that are full, read-only, slow, stuck or lying, and killed in the middle: a whole file or none,
// the code that says why, and no temporary left.
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, chown, cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, type TestContext, test } from 'vitest';
import type { Code } from '../src/model/codes.ts';
import { entryOf, listNames } from './rig/disk.ts';
import { type Fault, withFault } from './rig/faults.ts';
import { cleanEnvironment, type Finished, galley, PROGRAM, type Running, start, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';
import { rounds } from './rig/rounds.ts';
import { mountDisk, mountStuckDisk } from './rig/small-disk.ts';
import { expectTold } from './rig/told.ts';
import { findTool } from './rig/toolbox.ts';

const run = promisify(execFile);

const TOOL = 'test.tool@r1';
const TEXT = '#!/bin/sh\necho tool\n';
/** The same product with another content. */
const OTHER = `export const products = { tool: 'tool' }; export const install = 'echo other > tool';`;

let skip: TestContext['skip'];
test.beforeEach((context) => {
  skip = context.skip;
});

/** A project with one product, `tool`; a larger one is filled up with a comment. */
async function createTool(sizeBytes = TEXT.length): Promise<Project> {
  const fill = `yes '# flour' | head -c ${sizeBytes - TEXT.length}`;
  return await createProject({
    [`recipes/${TOOL}.js`]: `
      export const products = { tool: 'tool' };
      export const install = ${JSON.stringify(`printf '${TEXT.replaceAll('\n', '\\n')}' > tool; ${fill} >> tool; chmod 755 tool`)};`,
  });
}

/** Each attempt as a line: `cache 1 EIO`. */
function attempts({ events }: Pick<Finished, 'events'>): string[] {
  return events
    .of('output.attempted')
    .map(({ strategy, attempt, code, errno = code }) => `${strategy} ${attempt} ${errno ?? 'done'}`);
}

async function expectRefused(finished: Finished, code: Code, status: number): Promise<void> {
  expect(finished.events.codes(), attempts(finished).join()).toEqual([code]);
  expect(finished.status).toBe(status);
  const [problem] = finished.events.problems();
  expect(problem?.facts).toMatchObject({
    strategy: expect.any(String),
    destination: expect.stringMatching(/\/out\/tool$/),
  });
  expect(problem?.hint).toBeTruthy();
}

test('an error that passes by itself is tried again, each time after a longer pause; one that does not is not', async () => {
  const project = await createTool();
  const fault = (does: string, times: number): Fault => ({ on: 'fsync', does, times, path: '/out/' });
  for (const errno of ['EIO', 'ESTALE']) {
    const env = await withFault(project, fault(errno, 3));
    const well = await succeed(project, 'build --output-dir out', { env });
    expect(attempts(well)).toEqual([`cache 1 ${errno}`, `cache 2 ${errno}`, `cache 3 ${errno}`, 'cache 4 done']);
    const [first, second, third, fourth] = well.events.of('output.attempted').map(({ at }) => at) as number[];
    // Half of 100, 200 and 400 ms at the least, and all of it at the most.
    expect((second as number) - (first as number)).toBeGreaterThanOrEqual(49);
    expect((third as number) - (second as number)).toBeGreaterThanOrEqual(99);
    expect((fourth as number) - (third as number)).toBeGreaterThanOrEqual(199);
    await rm(project.at('out'), { recursive: true });
  }
  const ill = await galley(project, 'build --output-dir out --copy-retries 1', {
    env: await withFault(project, fault('EIO', 0)),
  });
  expect(attempts(ill)).toEqual(['cache 1 EIO', 'cache 2 EIO']);
  await expectRefused(ill, 'IO_ERROR', 3);
  const denied = await galley(project, 'build --output-dir out', { env: await withFault(project, fault('EACCES', 0)) });
  expect(attempts(denied)).toEqual(['cache 1 EACCES']);
  await expectRefused(denied, 'PERMISSION_DENIED', 3);
  expectTold('PERMISSION_DENIED', denied, project, 'build --output-dir out');
  expect(await listNames(project.at('out'))).toEqual([]);
});

test('when the reader of a strategy is broken, the next one places the output', async () => {
  const project = await createProject({
    'recipes/test.wrapper@r1.js': `export const products = { wrapped: 'tools/tool' }; export const check = 'true';`,
    [`recipes/${TOOL}.js`]: `
      export const products = { tool: 'tool' };
      export const install = ${JSON.stringify(`printf '${TEXT.replaceAll('\n', '\\n')}' > tool; chmod 755 tool`)};`,
    'tools/tool': TEXT,
  });
  const cases: [args: string, fault: Fault, product: string, expected: string[]][] = [
    ['tool', { on: 'open', does: 'EIO', path: '/asset/tool' }, 'tool', ['cache 1 EIO', 'memory 1 done']],
    ['wrapper', { on: 'open', does: 'EACCES', path: '/tools/tool' }, 'wrapped', ['project 1 EACCES', 'memory 1 done']],
    [
      'tool --output-strategy memory,project,cache',
      { on: 'read', does: 'EIO', times: 1, path: '/asset/tool' },
      'tool',
      ['memory 1 EIO', 'cache 1 done'],
    ],
  ];
  for (const [args, fault, product, expected] of cases) {
    const env = await withFault(project, fault);
    const placed = await succeed(project, `build ${args} --output-dir ${product} --copy-retries 0`, { env });
    expect(attempts(placed)).toEqual(expected);
    expect(await readFile(project.at(product, product), 'utf8')).toBe(TEXT);
    await rm(project.at(product), { recursive: true });
  }
});

test('an asset that vanishes before it is placed is placed all the same: it was opened when it was found', async () => {
  const project = await createTool();
  await succeed(project, 'install');
  // On a busy machine the asset may go between the second and the third attempt: whichever fails, two syncs do.
  const env = await withFault(project, { on: 'fsync', does: 'EIO', times: 2, path: '/out/' });
  const running = start(project, 'build --output-dir out', { env });
  await running.event('output.attempted');
  await rm(await entryOf(project, TOOL), { recursive: true });
  const finished = await running.finished;
  expect(finished.status).toBe(0);
  expect(attempts(finished).join()).toMatch(
    /^cache 1 EIO,(cache 2 ENOENT,memory 1 EIO,memory 2 done|cache 2 EIO,cache 3 ENOENT,memory 1 done)$/,
  );
  expect(await readFile(project.at('out/tool'), 'utf8')).toBe(TEXT);
});

test('a damaged asset is noticed and made anew, once', async () => {
  const project = await createTool();
  await succeed(project, 'install');
  const file = path.join(await entryOf(project, TOOL), 'asset/tool');
  await writeFile(file, TEXT.replace('tool', 'fool'));
  const mended = await succeed(project, 'build --output-dir out --json');
  expect(mended.events.of('package.finished').map(({ outcome }) => outcome)).toEqual(['cached', 'built']);
  expect(await readFile(project.at('out/tool'), 'utf8')).toBe(TEXT);
  expect(
    (JSON.parse(mended.stdout) as { packages: { outcome: string }[] }).packages.map(({ outcome }) => outcome),
  ).toEqual(['built']);
  expect(mended.events.of('run.finished')[0]?.counts).toEqual({ built: 1 });
  expect(mended.events.of('package.reopened')[0]?.reason).toMatch(/asset\/tool" has sha256 .*, expected /);
  await rm(file);
  expect((await succeed(project, 'build --output-dir out')).events.outcomes()[TOOL]).toBe('built');
  // Memory that always lies.
  const env = await withFault(project, { on: 'read', does: 'flip', path: 'tool' });
  const hopeless = await galley(project, 'build --output-dir new/out --output-strategy cache', { env });
  expect(hopeless.events.of('package.finished').map(({ outcome }) => outcome)).toEqual(['cached', 'built']);
  await expectRefused(hopeless, 'VERIFICATION_FAILED', 1);
  expectTold('VERIFICATION_FAILED', hopeless, project, 'build --output-dir new/out --output-strategy cache');
  expect(await listNames(project.at('new/out'))).toEqual([]);
});

test('what the record of an asset does not vouch for is not placed: the asset is made anew', async () => {
  const project = await createTool();
  await succeed(project, 'install');
  const entryDir = await entryOf(project, TOOL);
  await writeFile(path.join(entryDir, 'asset/tool'), TEXT.replace('tool', 'fool'));
  await writeFile(path.join(entryDir, 'galley-fingerprint'), '');
  expect((await succeed(project, 'build --output-dir out')).events.outcomes()[TOOL]).toBe('built');
  expect(await readFile(project.at('out/tool'), 'utf8')).toBe(TEXT);
});

test('a directory in the place of the file, or a file in that of the directory, is told and stays', async () => {
  const project = await createTool();
  await succeed(project, 'build --output-dir out');
  await rm(project.at('out'), { recursive: true });
  await writeFile(project.at('out'), 'mine');
  await expectRefused(await galley(project, 'build --output-dir out'), 'IO_ERROR', 3);
  expect(await readFile(project.at('out'), 'utf8')).toBe('mine');
  await mkdir(project.at('other/out/tool'), { recursive: true });
  const inTheWay = await galley(project, 'build --output-dir other/out');
  await expectRefused(inTheWay, 'IO_ERROR', 3);
  expect(inTheWay.events.problems()[0]?.message).toContain('a directory has that name');
  expect((await galley(project, ['build', '--output-dir', ''])).status).toBe(2);
});

test('a copy that is not what was written is refused, unless nobody looks', async () => {
  const project = await createTool();
  const env = await withFault(project, { on: 'read', does: 'flip', path: '/out/' });
  const lied = await galley(project, 'build --output-dir out', { env });
  await expectRefused(lied, 'VERIFICATION_FAILED', 1);
  const { expected, actual, path: blamed } = lied.events.problems()[0]?.facts ?? {};
  expect([expected, actual]).toEqual([
    expect.stringMatching(/^[0-9a-f]{64}$/),
    expect.stringMatching(/^[0-9a-f]{64}$/),
  ]);
  expect(expected).not.toBe(actual);
  expect(blamed).toBe(project.at('out/tool'));
  expect(await listNames(project.at('out'))).toEqual([]);
  await succeed(project, 'build --output-dir out --no-verify-copy', { env });
  expect(await readFile(project.at('out/tool'), 'utf8')).toBe(TEXT);
});

test('a read-only file system is told, and what is there stays', async () => {
  const project = await createTool();
  const disk =
    (await mountDisk(project.at('mounted'), 'size=1m')) ?? skip('a disk can only be mounted by root on Linux');
  await succeed(project, 'build --output-dir mounted/out');
  await project.write({ [`recipes/${TOOL}.js`]: OTHER });
  await disk.remount('ro');
  const refused = await galley(project, 'build --output-dir mounted/out');
  expect(attempts(refused)).toEqual(['cache 1 EROFS']);
  await expectRefused(refused, 'PERMISSION_DENIED', 3);
  expect(await readFile(project.at('mounted/out/tool'), 'utf8')).toBe(TEXT);
});

test('a directory that may not be written is told', async () => {
  if (process.getuid?.() !== 0) skip('only root can become somebody else');
  const project = await createTool();
  await succeed(project, 'install');
  await mkdir(project.at('out'));
  // Root may write everywhere, so somebody else has to try.
  await run('chown', ['-R', '65534', project.rootDir]);
  await chmod(project.rootDir, 0o755);
  await chown(project.at('out'), 0, 0);
  const program = [process.execPath, PROGRAM, '--reporter', 'json', 'build', '--output-dir', 'out'];
  const { code, stderr } = await run('setpriv', ['--reuid=65534', '--clear-groups', ...program], {
    cwd: project.dir,
    env: cleanEnvironment(project),
  }).catch((error) => error);
  expect([code, stderr]).toEqual([3, expect.stringContaining('"PERMISSION_DENIED"')]);
  expect(stderr.match(/"errno":"\w+"/g)).toContain('"errno":"EACCES"');
  expect(await listNames(project.at('out'))).toEqual([]);
});

test('a disk without room is told with what is needed and what there is', async () => {
  const project = await createTool(3_000_000);
  const disk = (await mountDisk(project.at('small'), 'size=2m')) ?? skip('a disk can only be mounted by root on Linux');
  const full = await galley(project, 'build --output-dir small/out');
  await expectRefused(full, 'INSUFFICIENT_SPACE', 3);
  expectTold('INSUFFICIENT_SPACE', full, project, 'build --output-dir small/out');
  const { needed, available } = full.events.problems()[0]?.facts ?? {};
  expect(needed).toBe(3_000_000);
  expect(available).toBeGreaterThan(1_900_000);
  expect(available).toBeLessThanOrEqual(2_097_152);
  expect(await listNames(project.at('small/out'))).toEqual([]);
  await disk.remount('size=8m');
  // Somebody else fills it after we have looked.
  const env = await withFault(project, { on: 'fsync', does: 'ENOSPC', path: '/out/' });
  const filled = await galley(project, 'build --output-dir small/out', { env });
  expect(attempts(filled)).toEqual(['cache 1 INSUFFICIENT_SPACE']);
  expect(filled.events.messages()).toContain('a quota or other programs');
  await expectRefused(filled, 'INSUFFICIENT_SPACE', 3);
  await succeed(project, 'build --output-dir small/out');
  expect((await stat(project.at('small/out/tool'))).size).toBe(3_000_000);
});

test('a file system that hangs is given up when the time is over, whatever its processes can be made to do', async () => {
  const project = await createTool(3_000_000);
  await succeed(project, 'install');
  // Where nobody may freeze a disk, writes that sleep take its place.
  const disk = await mountStuckDisk(project.at('stuck'));
  const env = disk ? {} : await withFault(project, { on: 'write', does: { slowUs: 60_000_000 }, path: '/out/' });
  await succeed(project, 'build --output-dir stuck/out');
  await project.write({
    [`recipes/${TOOL}.js`]: OTHER,
  });
  await succeed(project, 'install');
  await disk?.freeze();
  const startMs = performance.now();
  const stuck = await galley(project, 'build --output-dir stuck/out --copy-timeout 0.5', { env });
  const tookMs = performance.now() - startMs;
  await disk?.thaw();
  expect(attempts(stuck)).toEqual(['cache 1 COPY_TIMEOUT']);
  await expectRefused(stuck, 'COPY_TIMEOUT', 3);
  expectTold('COPY_TIMEOUT', stuck, project, 'build --output-dir stuck/out --copy-timeout 0.5');
  const [attempted] = stuck.events.of('output.attempted');
  const finished = stuck.events.of('package.finished')[0];
  expect((attempted?.at ?? 0) - (finished?.at ?? 0)).toBeLessThan(3_000);
  expect(tookMs).toBeLessThan(10_000);
  expect((await stat(project.at('stuck/out/tool'))).size).toBe(3_000_000);
  // Whoever hung there is gone now, and what it began goes at the latest with the next copy.
  await succeed(project, 'build --output-dir stuck/out');
  expect(await listNames(project.at('stuck/out'))).toEqual(['tool']);
});

/** A copy that takes seconds, in the middle of which something happens. */
async function startSlowCopy(project: Project): Promise<Running> {
  const env = await withFault(project, { on: 'write', does: { slowUs: 5_000_000 }, path: '/out/' });
  const running = start(project, 'build --output-dir out', { env });
  const temporaries = async () => (await listNames(project.at('out'))).filter((name) => name.endsWith('.tmp'));
  await expect.poll(temporaries, { interval: 5, timeout: 20_000 }).toHaveLength(1);
  return running;
}

/** The processes that copy for a project. */
async function couriersOf({ rootDir }: Project): Promise<number[]> {
  const { stdout } = await run('ps', ['axeww', '-o', 'pid=,args='], { maxBuffer: 1 << 26 });
  const lines = stdout.split('\n').filter((line) => line.includes('courier.mjs') && line.includes(rootDir));
  return lines.map((line) => Number.parseInt(line, 10));
}

test('a copy that is cancelled or killed in the middle leaves what was there, and no temporary', async () => {
  const project = await createTool(5_000_000);
  await mkdir(project.at('out'));
  await writeFile(project.at('out/tool'), 'before');
  const tidy = () =>
    expect.poll(() => listNames(project.at('out')), { interval: 10, timeout: 5_000 }).toEqual(['tool']);

  const cancelled = await startSlowCopy(project);
  cancelled.kill('SIGTERM');
  expect((await cancelled.finished).status).toBe(143);
  // Nothing is left to wait for.
  expect(await listNames(project.at('out'))).toEqual(['tool']);

  const killed = await startSlowCopy(project);
  killed.kill('SIGKILL');
  await killed.finished;
  await tidy();

  const both = await startSlowCopy(project);
  for (const pid of await couriersOf(project)) process.kill(pid, 'SIGKILL');
  both.kill('SIGKILL');
  await both.finished;
  expect(await listNames(project.at('out'))).toHaveLength(2);
  expect(await readFile(project.at('out/tool'), 'utf8')).toBe('before');
  await succeed(project, 'build --output-dir out');
  expect((await stat(project.at('out/tool'))).size).toBe(5_000_000);
  await tidy();
});

test('of several processes that place one output, each places it whole, while the old one runs', async () => {
  const project = await createTool(3_000_000);
  const other = await createProject({ [`recipes/${TOOL}.js`]: OTHER });
  const file = project.at('out/tool');
  await mkdir(project.at('out'));
  await cp(findTool('sleep') as string, file);
  const running = spawn(file, ['60']);
  onTestFinished(() => void running.kill());
  await Promise.all([project, other].map((one) => succeed(one, 'install')));
  const whole = new Set([await sha256(file), ...(await Promise.all([project, other].map(assetDigest)))]);
  for (let round = 0; round < rounds(1, 25); round++) {
    const runs = [project, project, other, other].map((one) => start(one, `build --output-dir ${project.at('out')}`));
    const ended = Promise.all(runs.map(({ finished }) => finished));
    let isOver = false;
    ended.then(() => (isOver = true));
    while (!isOver) expect(whole).toContain(await sha256(file));
    expect((await ended).map(({ status }) => status)).toEqual([0, 0, 0, 0]);
    expect(await listNames(project.at('out'))).toEqual(['tool']);
  }
  expect(whole).toContain(await sha256(file));
  expect(running.exitCode).toBe(null);
});

async function assetDigest(project: Project): Promise<string> {
  return await sha256(path.join(await entryOf(project, TOOL), 'asset/tool'));
}

async function sha256(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}
