// Several machines push to one depot at once, and processes are killed in the middle of a push or an import: no line of the
// index is lost, no half of an archive counts, and nothing is built that was there to be taken.

import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Chance } from './rig/chance.ts';
import { createCounter } from './rig/counter.ts';
import { anotherMachine, readIndex } from './rig/depot.ts';
import { listNames } from './rig/disk.ts';
import { start, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';
import { startRegistry } from './rig/registry.ts';
import { rounds } from './rig/rounds.ts';
import { startS3Server } from './rig/s3-server.ts';

const NAMES = ['rye', 'oat', 'rice', 'corn', 'spelt'];
const identityOf = (name: string) => `test.${name}@r1`;
const ALL = NAMES.map(identityOf).sort();

/** Each has a megabyte that no archive makes small. */
async function createGrains(): Promise<{ project: Project; builds(): Promise<number>; depot: string }> {
  const project = await createProject({}, { expectTidy: false });
  const counter = createCounter(project);
  const recipe = (name: string) =>
    `export const install = ${JSON.stringify(
      `${counter.note(name)}; seq 200000 | openssl enc -aes-128-ctr -nosalt -K ${Buffer.from(name.padEnd(16)).toString('hex')} -iv 00 > grain`,
    )};`;
  await project.write(Object.fromEntries(NAMES.map((name) => [`recipes/${identityOf(name)}.js`, recipe(name)])));
  return {
    project,
    builds: async () => (await counter.order()).length,
    depot: path.join(project.rootDir, 'depot'),
  };
}

async function listed(project: Project, depot: string, env: Record<string, string> = {}): Promise<string[]> {
  const { stdout } = await succeed(project, ['depot', 'list', depot, '--json'], { env });
  return JSON.parse(stdout).entries.map(({ identity }: { identity: string }) => identity);
}

type Place = { depot: string; env?: Record<string, string> };
const PLACES: Record<string, (project: Project) => Promise<Place> | Place> = {
  'a directory': ({ rootDir }) => ({ depot: path.join(rootDir, 'depot') }),
  S3: async () => {
    const server = await startS3Server();
    return { depot: server.url('depot'), env: { ...server.env } };
  },
  'an OCI registry': async () => ({ depot: (await startRegistry()).url('depot') }),
};

test.each(Object.entries(PLACES))('machines that push to %s at the same time lose nothing', async (_, open) => {
  const { project } = await createGrains();
  const { depot, env = {} } = await open(project);
  const machines = NAMES.map((name) => anotherMachine(project, name));
  const runs = machines.map((machine, index) => start(machine, ['push', depot, NAMES[index] as string], { env }));
  const ends = await Promise.all(runs.map((run) => run.finished));
  expect(ends.map(({ status, events }) => events.messages() || status)).toEqual(NAMES.map(() => 0));
  expect(await listed(project, depot, env)).toEqual(ALL);
});

test.each(Array.from({ length: rounds(2, 60) }, (_, round) => round))(
  'a push that was killed is made good by the next, round %i',
  async () => {
    const { project, builds, depot } = await createGrains();
    const chance = new Chance();
    await succeed(project, 'install');
    const victim = start(project, ['push', depot]);
    await victim.event('phase.started', ({ phase }) => phase === 'export');
    await sleep(chance.below(250));
    victim.kill('SIGKILL');
    await victim.finished;
    await succeed(project, ['push', depot]);
    await succeed(project, ['depot', 'verify', depot]);
    expect(
      readIndex(depot).entries.map(({ identity }) => identity),
      `seed ${chance.seed}`,
    ).toEqual(ALL);
    expect(await builds()).toBe(NAMES.length);
    expect(await listNames(path.join(project.cacheDir, 'scratch'))).toEqual([]);
  },
);

test.each(Array.from({ length: rounds(2, 60) }, (_, round) => round))(
  'an import that was killed is made good by the next, and nothing is built, round %i',
  async () => {
    const { project, builds, depot } = await createGrains();
    const chance = new Chance();
    await succeed(project, ['push', depot]);
    const machine = anotherMachine(project);
    const env = { GALLEY_DEPOTS: depot };
    const victim = start(machine, 'install', { env });
    await victim.event('depot.consulted');
    await sleep(chance.below(150));
    victim.kill('SIGKILL');
    await victim.finished;
    const { events } = await succeed(machine, 'install', { env });
    const outcomes = Object.values(events.outcomes());
    expect(
      outcomes.filter((outcome) => outcome !== 'cached' && outcome !== 'imported'),
      `seed ${chance.seed}`,
    ).toEqual([]);
    expect(await builds()).toBe(NAMES.length);
    expect((await succeed(machine, 'install')).events.of('cache.missed')).toEqual([]);
  },
);
