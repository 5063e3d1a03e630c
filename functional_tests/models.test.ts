// The protocols of locks and leases, as models that spin goes through completely: every order of the system calls of all
// processes, with deaths and stalls at every step. What is planted wrong has to be found, or the models would say nothing.
// docs/design/locks-proof.md tells what follows.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { isLong } from './rig/rounds.ts';

const run = promisify(execFile);
const MODELS = path.join(import.meta.dirname, 'models');

interface Answer {
  /** In the order they are found; none when the model holds in all its states. */
  errors: string[];
  states: number;
}

/** Goes through all states of a model. `forever`: also looks for ways in which nobody ever gets in again. */
async function check(model: string, flags: string, search: 'safety' | 'forever' = 'safety'): Promise<Answer> {
  const cwd = await mkdtemp(path.join(tmpdir(), 'galley-model-'));
  const given = flags.split(' ').map((flag) => `-D${flag}`);
  const [compiled, walked] =
    search === 'safety'
      ? [['-DSAFETY'], ['-E']]
      : [
          ['-DNP', '-DNFAIR=3'],
          ['-l', '-f'],
        ];
  try {
    await run('spin', ['-a', ...given, path.join(MODELS, `${model}.pml`)], { cwd });
    // A small model takes longer to compile well than to walk through.
    const effort = isLong ? '-O2' : '-O0';
    await run('cc', [effort, '-w', '-DVECTORSZ=2048', ...compiled, '-o', 'pan', 'pan.c'], { cwd });
    const { stdout } = await run('./pan', ['-n', isLong ? '-m5000000' : '-m500000', ...walked], {
      cwd,
      maxBuffer: 2 ** 24,
    });
    const errors = [...stdout.matchAll(/^pan:1: (.*) \(at depth/gm)].map(([, what = '']) => what.trim());
    // A search that was cut short has shown nothing.
    expect(stdout).not.toMatch(/max search depth too small|out of memory|truncated/i);
    expect(stdout).toMatch(new RegExp(`errors: ${errors.length}\\b`));
    return { errors, states: Number(/(\d+) states, stored/.exec(stdout)?.[1]) };
  } finally {
    await rm(cwd, { recursive: true });
  }
}

const TWO = 'KERNELS=2 KILLS=2 STALLS';
const MIXED = 'KERNELS=1 DIRECTORIES=1';

describe('a lock lets in one at a time', () => {
  test.each([
    ['of two, who stall and die at any step', TWO],
    ['of two, who have the kernel alone', 'KERNELS=2 KILLS=2 NO_DIRECTORY'],
    ['of three, who stall', 'KERNELS=3 KILLS=0 STALLS'],
    ['of two, who have the directory alone, and neither stall nor die', 'KERNELS=0 DIRECTORIES=2 KILLS=0'],
    ['of two, one with the kernel, who neither stall nor die', `${MIXED} KILLS=0`],
    ['of three, one with the kernel, who neither stall nor die', 'KERNELS=1 DIRECTORIES=2 KILLS=0'],
    ...(isLong
      ? [
          ['of three, who stall and die', 'KERNELS=3 KILLS=1 STALLS'],
          ['of three, who have the kernel alone', 'KERNELS=3 KILLS=2 NO_DIRECTORY'],
          ['of three, two with the kernel, who neither stall nor die', 'KERNELS=2 DIRECTORIES=1 KILLS=0'],
        ]
      : []),
  ])('%s', async (_, flags) => {
    const { errors, states } = await check('lock', flags);
    console.log(`${flags}: ${states} states`);
    expect(errors).toEqual([]);
  });

  test.each([
    ['without a look at the inode once the lock is there', 'KILLS=2 NO_DIRECTORY PLANT_NO_INODE_CHECK'],
    ['with the lock gone before the name', `${TWO} PLANT_UNLOCK_FIRST`],
    ['with a record that is renamed into place', `${TWO} PLANT_RENAMED_RECORD`],
    [
      'without another look when others, who have the directory alone, let go of it',
      'KERNELS=2 DIRECTORIES=1 KILLS=0 PLANT_NO_SECOND_CHECK',
    ],
  ])('but not %s', async (_, flags) => {
    expect((await check('lock', flags)).errors).toEqual([expect.stringContaining('assertion violated')]);
  });

  test.each([
    ['who die', 'KERNELS=0 DIRECTORIES=2 KILLS=1'],
    ['who stall', 'KERNELS=0 DIRECTORIES=2 KILLS=0 STALLS'],
    ['of whom one has the kernel, and who die', `${MIXED} KILLS=1`],
    ['of whom one has the kernel, and who stall', `${MIXED} KILLS=0 STALLS`],
  ])('and nobody promises so for those with the directory alone %s', async (_, flags) => {
    expect((await check('lock', flags)).errors).toHaveLength(1);
  });
});

describe('a lock whose owner dies at any step is taken without waiting for its age', () => {
  test('by the next', async () => {
    expect((await check('lock', 'KERNELS=2 KILLS=1 NO_AGE', 'forever')).errors).toEqual([]);
  });

  test('but not when the record is written after the directory is made', async () => {
    const { errors } = await check('lock', 'KERNELS=2 KILLS=1 NO_AGE PLANT_RECORD_LAST', 'forever');
    expect(errors).toEqual(['non-progress cycle']);
  });
});

describe('what somebody relies on is not collected', () => {
  test.each(isLong ? ['RUNS=2', 'RUNS=2 COLLECTORS=2', 'RUNS=2 KILLS=3'] : ['RUNS=2'])('%s', async (flags) => {
    const { errors, states } = await check('gate', flags);
    console.log(`${flags}: ${states} states`);
    expect(errors).toEqual([]);
  });

  test.each([
    ['a run looks before it says so', 'PLANT_LOOK_FIRST'],
    ['a run looks while the gate is shut', 'PLANT_NO_WAIT'],
    ['the lease of a run ends before that of its project is written', 'PLANT_LEASE_ENDS_FIRST'],
    ['the leases are read before the gate is shut', 'PLANT_READ_OUTSIDE'],
    ['those of projects are read first', 'PLANT_PROJECTS_FIRST'],
  ])('unless %s', async (_, plant) => {
    expect((await check('gate', plant)).errors).toHaveLength(1);
  });
});
