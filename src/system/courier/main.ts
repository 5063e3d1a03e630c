// The process that does what may never return: it touches the place where a copy goes. One errand after the other comes
// over the channel; when the channel closes, whoever sent us has given up or died, and what is half done is cleared away.
import { unlink } from 'node:fs/promises';
import { createDisk } from '../disk.ts';
import { carry } from './carry.ts';
import { type Delivery, type Errand, encodeFailure, type RemovalResult, type Report } from './errand.ts';
import { removeUnchanged } from './remove.ts';

const disk = createDisk();
/** Files that have no final name yet. */
const unfinished = new Set<string>();

process.on(
  'message',
  (errand: Errand) =>
    void run(errand).then(
      (done) => tell({ done }),
      (error) => tell(encodeFailure(error)),
    ),
);

process.on('disconnect', async () => {
  for (const file of unfinished) await unlink(file).catch(() => {});
  // An orderly exit waits for every thread, and one of them may hang in the kernel.
  process.kill(process.pid, 'SIGKILL');
});

// A person's Ctrl-C goes to the whole group; ours to end is who sent us.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

function run(errand: Errand): Promise<Delivery | RemovalResult> {
  return errand.do === 'carry' ? carry(errand, { disk, unfinished }) : removeUnchanged(errand, disk);
}

function tell(report: Report): void {
  if (process.connected) process.send?.(report);
}
