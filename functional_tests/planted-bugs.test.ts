// The fault rig sees what it is there to see: galley with a bug planted in it does not pass. That a missing fsync is seen
// is shown where crashes of the machine are replayed (src/cache/crash.test.ts, src/testing/durability.test.ts).
import { expect, test } from 'vitest';
import { Chance } from './rig/chance.ts';
import { PROGRAM, type Running, start, useProgram } from './rig/galley.ts';
import { createKitchen } from './rig/kitchen.ts';
import { waitFor } from './rig/moments.ts';
import { buildWith, type Plant } from './rig/planted.ts';
import { isLong } from './rig/rounds.ts';
import { expectMadeGood } from './rig/survival.ts';

const chance = new Chance();

/** So many tries; a good program passes all of them, these fail in one of the first. */
const TRIES = 25;

interface Bug {
  plants: Plant[];
  /** What brings it to light. */
  befall(runs: readonly Running[], aim: Parameters<typeof waitFor>[0]): Promise<void>;
}

const killInPublish: Bug['befall'] = async (runs, aim) => {
  await waitFor(aim, runs);
  for (const run of runs) run.kill('SIGKILL');
};

const BUGS: Record<string, Bug> = {
  'unlocks before it publishes': {
    plants: [{ file: 'cache/entry.ts', from: '      lock.assertHeld();\n', to: '      await lock.release();\n' }],
    befall: async () => {},
  },
  'writes the marker before the asset has its name, and trusts it': {
    plants: [
      { file: 'cache/publish.ts', from: '  await replaceAsset(publication, fingerprint);\n', to: '' },
      {
        file: 'cache/publish.ts',
        from: 'await files.stat(paths.assetDir);',
        to: 'await files.stat(paths.installDir);',
      },
      {
        file: 'cache/publish.ts',
        from: '  await files.writeAtomic(paths.markerFile, encodeRecord(record));\n',
        to: '  await files.writeAtomic(paths.markerFile, encodeRecord(record));\n  await replaceAsset(publication, fingerprint);\n',
      },
      { file: 'cache/publish.ts', from: '  if (isOlder || isMarked) await dropMarker(files, paths);\n', to: '' },
      { file: 'cache/record.ts', from: 'return isAsRecorded ?', to: 'return isAsRecorded || true ?' },
    ],
    befall: killInPublish,
  },
};

/** The names of the bugs whose build takes seconds and whose tries take more are for `npm run test:long`. */
const names = Object.keys(BUGS).slice(0, isLong ? undefined : 1);

test.each(names)('a galley that %s does not survive the fault rig', async (name) => {
  const { plants, befall } = BUGS[name] as Bug;
  useProgram(await buildWith(plants));
  try {
    let harm: unknown;
    for (let round = 0; harm === undefined && round < TRIES; round++) harm = await findHarm(befall, `try ${round}`);
    expect(harm, `seed ${chance.seed}`).toBeInstanceOf(Error);
    process.stdout.write(`${name}: ${String(harm).split('\n')[0]}\n`);
  } finally {
    useProgram(PROGRAM);
  }
});

/** What went wrong in a kitchen of its own. */
async function findHarm(befall: Bug['befall'], context: string): Promise<unknown> {
  const kitchen = await createKitchen();
  const { project, annexe } = kitchen;
  const runs = ['.', '.', annexe].map((cwd) => start(project, 'sync', { cwd }));
  await befall(runs, { moment: 'publish', project, chance });
  const ended = (await Promise.all(runs.map((run) => run.finished))).map(({ events }) => events);
  try {
    await expectMadeGood(kitchen, { ended, isSupplied: false, context });
    return undefined;
  } catch (error) {
    return error;
  }
}
