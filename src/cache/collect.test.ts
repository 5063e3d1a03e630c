import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTemporaryCache, REF, type TemporaryCache } from './testing/temporary-cache.ts';

const CHILD = path.join(import.meta.dirname, 'testing/cache-child.ts');
const UNIT = `assets/${REF.identity}/${REF.platform}-${REF.key}`;
/** Long enough for somebody to do what it must not do. */
const A_WHILE_MS = 150;

let here: TemporaryCache;
const children: ChildProcess[] = [];

beforeEach(async () => {
  here = await makeTemporaryCache();
  await here.publish({ tool: 'tool' });
  // What this process has made is not in use by it any more.
  here.cache.close();
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  await here[Symbol.asyncDispose]();
});

/** A process whose lines are read one by one; an undefined line: it has said nothing for a while. */
function start(role: 'use' | 'collect', point = 'nowhere') {
  const words = [CHILD, here.cache.layout.rootDir, role, point, JSON.stringify(REF)];
  const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => (await lines.next()).value ?? 'ended';
  const say = (text: string): void => void child.stdin.write(`${text}\n`);
  const goOn = async (): Promise<string> => {
    say('go on');
    return await next();
  };
  return { child, next, goOn, say };
}

const asset = () => here.cache.peek(REF);
const pause = () => new Promise((resolve) => setTimeout(resolve, A_WHILE_MS));

describe('a collector in another process', () => {
  it('removes what nobody uses, and nothing is left of it', async () => {
    expect(await start('collect').next()).toBe(`removed ${UNIT}`);
    expect(fs.readdirSync(here.cache.layout.assetsDir)).toEqual([]);
  });

  it('keeps what a living process has found, and removes it when that was killed', async () => {
    const user = start('use');
    expect(await user.next()).toBe('hit');
    expect(await start('collect').next()).toBe('removed ');
    user.child.kill('SIGSTOP');
    expect(await start('collect').next()).toBe('removed ');
    user.child.kill('SIGKILL');
    await once(user.child, 'exit');
    expect(await start('collect').next()).toBe(`removed ${UNIT}`);
  });

  it('keeps what a process has announced and not yet looked at, however long that takes', async () => {
    const user = start('use', 'look');
    expect(await user.next()).toBe('at look');
    expect(await start('collect').next()).toBe('removed ');
    expect(await user.goOn()).toBe('hit');
    expect(await here.cache.verify((await asset())!)).toEqual([]);
  });

  it('lets nobody look between its own look at the leases and the moving away', async () => {
    const collector = start('collect', 'move');
    expect(await collector.next()).toBe('at move');
    const user = start('use');
    const answer = user.next();
    expect(await Promise.race([answer, pause()])).toBeUndefined();
    expect(await asset()).toBeDefined();
    expect(await collector.goOn()).toBe(`removed ${UNIT}`);
    expect(await answer).toBe('miss');
  });

  it('does not stand in the way when it dies behind the gate', async () => {
    const collector = start('collect', 'move');
    expect(await collector.next()).toBe('at move');
    const answer = start('use').next();
    collector.child.kill('SIGKILL');
    expect(await answer).toBe('hit');
  });

  it('keeps what was handed on to a project by a run that ended after its survey', async () => {
    const user = start('use');
    expect(await user.next()).toBe('hit');
    const collector = start('collect', 'gate');
    expect(await collector.next()).toBe('at gate');
    user.say('hand on');
    await once(user.child, 'exit');
    expect(await collector.goOn()).toBe('removed ');
    expect(await asset()).toBeDefined();
  });

  it('shares the work with another, and each thing is removed by one of them', async () => {
    for (let index = 0; index < 20; index++) await here.publish({ a: 'a' }, { ...REF, key: `00${index}` });
    here.cache.close();
    const both = await Promise.all([start('collect').next(), start('collect').next()]);
    const removed = both.flatMap((line) => line.split(' ').slice(1).filter(Boolean));
    expect([new Set(removed).size, removed.length]).toEqual([21, 21]);
  });
});
