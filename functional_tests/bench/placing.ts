// Placing a large binary: the time that Galley reports for the copy, against the same copy by cp with the same care. Ours
// is in its temporary, synced, renamed and its directory synced; the floor is synced too.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { BenchProject, largeFiles } from './projects.ts';
import { type Row, rowOf } from './row.ts';
import { type Program, timeOnce } from './stopwatch.ts';

const SIZE_BYTES = 200_000_000;

/** In a directory of its own, which is not there yet. */
export async function placing(dir: string, rounds: number): Promise<Row[]> {
  const project = new BenchProject(dir, largeFiles(SIZE_BYTES));
  await timeOnce(project.galley(['install']));
  const source = project.product('large');
  const clear = () => rmSync(path.join(project.dir, 'out'), { recursive: true, force: true });
  const shell = (script: string): Program => project.program(['sh', '-c', `mkdir out && ${script}`, source]);
  const copying = shell('cp $0 out/large && sync -f out/large');
  const checking = shell('cp $0 out/large && sync -f out/large && sha256sum out/large');
  const measured = { plain: [] as number[], verified: [] as number[], cp: [] as number[], checked: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    const times = {
      plain: reported(project.galley(['build', '--output-dir', 'out', '--json', '--no-verify-copy']), clear),
      verified: reported(project.galley(['build', '--output-dir', 'out', '--json']), clear),
      cp: await timeOnce({ ...copying, before: async () => clear() }),
      checked: await timeOnce({ ...checking, before: async () => clear() }),
    };
    // The first round warms caches.
    if (round > 0) for (const [name, ms] of Object.entries(times)) measured[name as keyof typeof times].push(ms);
  }
  clear();
  const { plain, verified, cp, checked } = measured;
  return [
    rowOf({
      what: 'placing 200 MB, not verified',
      ours: plain,
      floor: cp,
      against: 'cp, sync',
      as: 'ratio',
      most: 1.1,
    }),
    rowOf({
      ...{ what: 'placing 200 MB, verified', ours: verified, floor: checked },
      ...{ against: 'cp, sync, sha256sum', as: 'ratio', most: 1.1 },
    }),
    rowOf({ what: 'placing 200 MB, verified', ours: verified, floor: cp, against: 'cp, sync', as: 'ratio' }),
  ];
}

/** `copy_duration` of the only output. */
function reported({ argv: [file = '', ...args], cwd, env }: Program, before: () => void): number {
  before();
  const stdout = execFileSync(file, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const [output] = (JSON.parse(stdout) as { outputs: { copy_duration: number }[] }).outputs;
  return output?.copy_duration ?? Number.NaN;
}
