// `npm run bench`: measures the built command line against its floors and shows one table; exits 1 when a target is
// missed.
//
//   node functional_tests/bench/bench.ts [--only noop,growing,cold,memory,output,launcher,chain,fetching,placing,telling]
//                                        [--peers] [--rounds 5] [--dir DIR] [--disk DIR] [--json]
//
// With --peers it is measured beside other tools instead, and the page of figures is written.
import { existsSync, mkdtempSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { removeAll } from '../rig/disk.ts';
import { CASES } from './cases.ts';
import { comparePeers } from './peers/compare.ts';
import { writePage } from './peers/page.ts';
import { formatRows, isReached, type Row } from './row.ts';

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(CASES).join(',') },
    peers: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    dir: { type: 'string', default: existsSync('/dev/shm') ? '/dev/shm' : tmpdir() },
    disk: { type: 'string', default: tmpdir() },
    json: { type: 'boolean', default: false },
  },
});

const rounds = Number(flags.rounds ?? (flags.peers ? 11 : 5));
const dir = mkdtempSync(path.join(flags.dir, 'galley-bench-'));
const diskDir = mkdtempSync(path.join(flags.disk, 'galley-bench-disk-'));
const rows: Row[] = [];
let versions: Record<string, string | undefined> = {};
try {
  if (flags.peers) {
    const compared = await comparePeers({ dir, diskDir }, rounds);
    rows.push(...compared.rows);
    versions = compared.versions;
  } else {
    for (const name of flags.only.split(',')) {
      const measure = CASES[name];
      if (measure === undefined) throw new Error(`There is no case "${name}", only ${Object.keys(CASES).join(', ')}`);
      rows.push(...(await measure(path.join(dir, name), rounds)));
    }
  }
} finally {
  await Promise.all([removeAll(dir), removeAll(diskDir)]);
}

const [cpu] = cpus();
const load = loadavg()[0]?.toFixed(1);
const peers = Object.entries(versions).map(([name, version]) => `${name} ${version ?? '(not installed)'}`);
const about = {
  machine: `node ${process.versions.node}, ${cpus().length} × ${cpu?.model}, load ${load}`,
  how: `${rounds} rounds in ${flags.dir}`,
  // The product has no switch for it; on tmpfs a sync to disk costs only its system call.
  fsync: 'fsync is on',
  ...(flags.peers && { peers: peers.join(', ') }),
};
const heading = Object.values(about).join('; ');
if (flags.json) process.stdout.write(`${JSON.stringify({ ...about, rows }, null, 2)}\n`);
else process.stdout.write(`${heading}\n\n${formatRows(rows)}\n`);
if (flags.peers) writePage(`${heading}.`, rows);
process.exitCode = rows.every(isReached) ? 0 : 1;
