// A cold install of archives from a server on this machine, against the same archives through curl, sha256sum and tar.
// That floor writes the files and nothing else; ours also keeps the archives, hashes every file for its fingerprint and
// syncs all of it. A second floor does so too.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { COUNT, type Kind, type Source, serveArchives } from './archives.ts';
import { BenchProject, fetchingFiles } from './projects.ts';
import { type Row, rowOf } from './row.ts';
import { timeInTurns } from './stopwatch.ts';

const UNPACK: Record<Kind, { unpack: string; target: { most?: number } }> = {
  'tar.gz': { unpack: '-xz', target: { most: 1 } },
  // Without decoding there is little but starting up and fingerprints, which the floor does not do: no target, but told.
  'tar.zst': { unpack: '-x --zstd', target: {} },
};

/** In a directory of its own, which is not there yet. */
export async function fetching(dir: string, rounds: number): Promise<Row[]> {
  await using archives = await serveArchives(path.join(dir, 'archives'));
  const rows: Row[] = [];
  for (const kind of Object.keys(UNPACK) as Kind[]) {
    const { unpack, target } = UNPACK[kind];
    const sources = archives.sources(kind);
    const project = new BenchProject(path.join(dir, kind), fetchingFiles(sources));
    const out = path.join(dir, kind, 'floor');
    const fresh = async () => rmSync(out, { recursive: true, force: true });
    const floor = (each: string) => project.program(['bash', '-c', floorScript(each, out, unpack, sources)], fresh);
    const programs = {
      ours: project.galley(['sync'], () => project.forgetAll()),
      floor: floor(FLOOR),
      equal: floor(EQUAL_FLOOR),
    };
    const timesOf = await timeInTurns(programs, Math.ceil(rounds / 2));
    await Promise.all([fresh(), project.forgetAll()]);
    const common = { what: `install of 20 ${kind}`, ours: timesOf('ours'), as: 'ratio' } as const;
    rows.push(rowOf({ ...common, floor: timesOf('floor'), against: 'curl, sha256sum, tar', ...target }));
    rows.push(rowOf({ ...common, floor: timesOf('equal'), against: 'kept, hashed, synced' }));
  }
  return rows;
}

/** One archive: its directory, URL and digest. Checked like ours, and not kept. */
const FLOOR = [
  'mkdir -p $0',
  'curl -sf $1 | tee >(sha256sum > $0.sum) | tar -xa -C $0',
  // The shell does not wait for what tee writes to.
  'until [ -s $0.sum ]; do :; done',
  'grep -q $2 $0.sum',
].join(' && ');

/** The same, but the archive is kept, every file is hashed, and all of it is synced. */
const EQUAL_FLOOR = [
  FLOOR.replace('| tee ', '| tee $0.archive '),
  'find $0 -type f -print0 | xargs -0 sha256sum > $0.files',
  'find $0 $0.archive -print0 | xargs -0 sync',
].join(' && ');

/** All at once. */
function floorScript(each: string, out: string, unpack: string, sources: readonly Source[]): string {
  const lines = sources.map(({ url, sha256 }, index) => `${out}/${index} ${url} ${sha256}`);
  return `printf '%s\n' ${lines.map((line) => `'${line}'`).join(' ')} | xargs -P ${COUNT} -L 1 bash -o pipefail -c '${each.replace('-xa', unpack)}'`;
}
