// `npm run bench`: measures the built command line against its floors and shows one table; exits 1 when a target is
// missed.
//
//   node functional_tests/bench/bench.ts [--only noop,cold,memory,output,launcher,chain,fetching,placing,telling] [--rounds 5] [--dir DIR] [--json]
import { existsSync, mkdtempSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { removeAll } from '../rig/disk.ts';
import { CASES } from './cases.ts';
import { formatRows, isReached, type Row } from './row.ts';

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(CASES).join(',') },
    rounds: { type: 'string', default: '5' },
    dir: { type: 'string', default: existsSync('/dev/shm') ? '/dev/shm' : tmpdir() },
    json: { type: 'boolean', default: false },
  },
});

const dir = mkdtempSync(path.join(flags.dir, 'galley-bench-'));
const rows: Row[] = [];
try {
  for (const name of flags.only.split(',')) {
    const measure = CASES[name];
    if (measure === undefined) throw new Error(`There is no case "${name}", only ${Object.keys(CASES).join(', ')}`);
    rows.push(...(await measure(path.join(dir, name), Number(flags.rounds))));
  }
} finally {
  await removeAll(dir);
}

const [cpu] = cpus();
const load = loadavg()[0]?.toFixed(1);
const machine = `node ${process.versions.node}, ${cpus().length} × ${cpu?.model}, load ${load}`;
const how = `${flags.rounds} rounds in ${flags.dir}`;
// The product has no switch for it; on tmpfs a sync to disk costs only its system call.
const fsync = 'fsync is on';
if (flags.json) process.stdout.write(`${JSON.stringify({ machine, how, fsync, rows }, null, 2)}\n`);
else process.stdout.write(`${machine}; ${how}; ${fsync}\n\n${formatRows(rows)}\n`);
process.exitCode = rows.every(isReached) ? 0 : 1;
