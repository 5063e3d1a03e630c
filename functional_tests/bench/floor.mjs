// The least that node needs to run as many shell commands as Galley does: `node floor.mjs <count> <command> <at once>`.
import { spawn } from 'node:child_process';

const [count, command, atOnce] = process.argv.slice(2);
let left = Number(count);

function next() {
  if (left-- > 0) spawn('sh', ['-c', command], { stdio: 'ignore' }).once('exit', next);
}

for (let lane = 0; lane < Number(atOnce); lane++) next();
