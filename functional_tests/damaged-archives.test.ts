// Archives of all formats, damaged at random: each is unpacked or refused with the code of an archive, without an escape,
// a crash, a hang, or more memory than it should take. The seed is printed; `GALLEY_TEST_SEED` takes it.
import { execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { arOf } from '../src/archive/testing/ars.ts';
import { HOSTILE } from '../src/archive/testing/hostile/corpus.ts';
import { Chance } from './rig/chance.ts';
import { isLong, rounds } from './rig/rounds.ts';

/** Far more than any takes on a busy machine: who needs as long as that hangs. */
const SILENCE_MS = 60_000;
/** Node itself, its heap and the largest window of a decoder that the limits allow. */
const MOST_RSS_BYTES = 700 * 2 ** 20;

interface Line {
  index: number;
  file?: string;
  outcome?: string;
  strange?: string[];
  beside?: string[];
  rssBytes?: number;
}

test(
  'damaged archives are unpacked or refused, and nothing else',
  async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'galley-bases-'));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    await makeArchives(dir);
    const chance = new Chance();
    const count = Number(process.env.GALLEY_FUZZ_CASES ?? rounds(500, 60_000));
    const lines = await fuzz(path.join(dir, 'archives'), chance.seed, count);
    const outcomes = Object.groupBy(
      lines.filter(({ outcome }) => outcome !== undefined),
      ({ outcome = '' }) => outcome,
    );
    const counts = Object.entries(outcomes).map(([outcome, some = []]) => `${outcome} ${some.length}`);
    const rssBytes = Math.max(...lines.map((line) => line.rssBytes ?? 0));
    process.stdout.write(
      `${count} damaged archives, seed ${chance.seed}: ${counts.join(', ')}; ${Math.round(rssBytes / 2 ** 20)} MB\n`,
    );
    const odd = lines.filter(
      ({ outcome, strange = [], beside = [] }) =>
        (outcome !== undefined && !/^(unpacked|ARCHIVE_INVALID|ARCHIVE_UNSAFE)$/.test(outcome)) ||
        strange.length + beside.length > 0,
    );
    expect(odd, `seed ${chance.seed}`).toEqual([]);
    expect(lines.at(-1)).toMatchObject({ index: count - 1, outcome: expect.anything() });
    expect(rssBytes).toBeLessThan(MOST_RSS_BYTES);
  },
  isLong ? 7_200_000 : undefined,
);

/** Runs until it ends, or until nothing is heard of it. */
async function fuzz(archivesDir: string, seed: number, count: number): Promise<Line[]> {
  const program = path.join(import.meta.dirname, 'rig/fuzz-archives.ts');
  const child = spawn(process.execPath, [program, archivesDir, `${seed}`, '0', `${count}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: Line[] = [];
  let heard = setTimeout(() => child.kill('SIGKILL'), SILENCE_MS);
  for await (const text of createInterface(child.stdout)) {
    lines.push(JSON.parse(text));
    clearTimeout(heard);
    heard = setTimeout(() => child.kill('SIGKILL'), SILENCE_MS);
  }
  clearTimeout(heard);
  return lines;
}

/** Good archives of all formats, by the programs that everybody uses, and the hostile ones. */
async function makeArchives(dir: string): Promise<void> {
  const tree = path.join(dir, 'tree');
  const at = (name: string): string => path.join(dir, 'archives', name);
  await mkdir(path.join(tree, 'd/hollow'), { recursive: true });
  await mkdir(path.join(dir, 'archives'));
  await writeFile(path.join(tree, 'text'), (await readFile(import.meta.filename, 'utf8')).repeat(3));
  await writeFile(path.join(tree, 'd/run'), '#!/bin/sh\n', { mode: 0o755 });
  await writeFile(path.join(tree, 'd/Grüße'), 'x');
  await writeFile(path.join(tree, `d/${'long'.repeat(40)}`), 'y');
  await symlink('../text', path.join(tree, 'd/link'));
  const run = (program: string, ...args: string[]): Buffer => execFileSync(program, args, { cwd: tree });
  run('truncate', '-s', '100000', 'holes');
  for (const format of ['gnu', 'pax', 'oldgnu']) run('tar', `--format=${format}`, '-Scf', at(`${format}.tar`), '.');
  run('tar', '-cJf', at('a.tar.xz'), '.');
  run('tar', '-cjf', at('a.tar.bz2'), '.');
  run('zip', '-qry', at('a.zip'), '.');
  for (const how of [
    '-mx=1',
    '-m0=BZip2',
    '-m0=Deflate',
    '-mx=1 -mhc=off -ms=off',
    '-m0=BCJ -m1=LZMA',
    '-m0=BCJ2 -m1=LZMA:d=64k -m2=LZMA:d=64k -m3=LZMA:d=64k -mb0:1 -mb0s1:2 -mb0s2:3',
    '-m0=Delta:4 -m1=LZMA2',
  ])
    run('7zz', 'a', '-snl', '-bso0', '-bsp0', ...how.split(' '), at(`a${how.replace(/[^a-z0-9]/gi, '')}.7z`), '.');
  const data = run('tar', '-cJf', '-', '.');
  await writeFile(
    at('a.deb'),
    arOf({ name: 'debian-binary', content: '2.0\n' }, { name: 'data.tar.xz', content: data }),
  );
  await writeFile(at('text.gz'), run('gzip', '-c', 'text'));
  await writeFile(at('text.xz'), run('xz', '-c', 'text'));
  await writeFile(at('text.bz2'), run('bzip2', '-c', 'text'));
  for (const [index, { file, bytes }] of HOSTILE.entries()) {
    const hostile = bytes('/nowhere');
    if (hostile.length < 300_000) await writeFile(at(`${index}-${file}`), hostile);
  }
}
