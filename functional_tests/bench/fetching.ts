// A cold install of archives from a server on this machine, against the same archives through curl, sha256sum and tar.
// That floor writes the files and nothing else; ours also keeps the archives, hashes every file for its fingerprint and
// syncs all of it. A second floor does so too.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { sha256OfBytes } from '../../src/system/digest.ts';
import { BenchProject, fetchingFiles } from './projects.ts';
import { type Row, rowOf } from './row.ts';
import { timeInTurns } from './stopwatch.ts';

const COUNT = 20;
/** Packed, each archive has about 5 MB; unpacked 18. */
const FILES = { count: 200, bytes: 92_000 };
const KINDS = {
  'tar.gz': { pack: 'gzip -1', unpack: '-xz', target: { most: 1 } },
  // Without decoding there is little but starting up and fingerprints, which the floor does not do: no target, but told.
  'tar.zst': { pack: 'zstd -q -1', unpack: '-x --zstd', target: {} },
};

interface Source {
  url: string;
  sha256: string;
}

/** In a directory of its own, which is not there yet. */
export async function fetching(dir: string, rounds: number): Promise<Row[]> {
  const served = path.join(dir, 'served');
  await makeArchives(path.join(dir, 'tree'), served);
  await using server = await serve(served);
  const rows: Row[] = [];
  for (const [kind, { unpack, target }] of Object.entries(KINDS)) {
    const names = readdirSync(served).filter((name) => name.endsWith(kind));
    const sources = names.map((name) => {
      return { url: `${server.url}/${name}`, sha256: sha256OfBytes(readFileSync(path.join(served, name))) };
    });
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

async function makeArchives(tree: string, served: string): Promise<void> {
  for (const made of [tree, served]) mkdirSync(made, { recursive: true });
  const content = text(FILES.count * FILES.bytes);
  for (let index = 0; index < FILES.count; index++)
    writeFileSync(path.join(tree, `file${index}`), content.subarray(index * FILES.bytes, (index + 1) * FILES.bytes));
  for (let index = 0; index < COUNT; index++) {
    // Each archive is one of its own.
    writeFileSync(path.join(tree, 'name'), `${index}`);
    const scripts = Object.entries(KINDS).map(
      ([kind, { pack }]) => `tar -c -C ${tree} . | ${pack} > ${served}/${index}.${kind}`,
    );
    await Promise.all(scripts.map((script) => promisify(execFile)('sh', ['-c', script])));
  }
}

/** Bytes that pack to a third, as programs do: words, and repetitions of what was shortly before. The same everywhere. */
function text(sizeBytes: number): Buffer {
  let state = 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const bytes = Buffer.alloc(sizeBytes);
  for (let at = 0; at < sizeBytes; ) {
    at += bytes.write(`${random(2 ** 31).toString(36)} `, at, 'latin1');
    const from = Math.max(0, at - random(20_000) - 100);
    at += bytes.copy(bytes, at, from, from + random(60));
  }
  return bytes;
}

/** From a process of its own: ours is busy with waiting. */
async function serve(dir: string): Promise<{ url: string } & AsyncDisposable> {
  const server = spawn(process.execPath, [path.join(import.meta.dirname, 'serve.mjs'), dir]);
  const [port] = (await once(server.stdout, 'data')) as [Buffer];
  return { url: `http://127.0.0.1:${`${port}`.trim()}`, [Symbol.asyncDispose]: async () => void server.kill() };
}
