// Unpacks archives while they arrive: small ones here, large ones in a thread of its own, which is made when the first
// large one comes. To whoever feeds them they are alike.
import { Writable } from 'node:stream';
import { createUnpacker, type Unpacker } from '../../archive/archive.ts';
import type { Unpacked } from '../../archive/unpacking.ts';
import type { ScannedFiles } from '../../cache/scanned.ts';
import type { Clock } from '../../system/clock.ts';
import type { Files } from '../../system/files.ts';
import { UnpackThread, withoutOutcry } from './unpack-thread.ts';

/** A thread costs 40 ms and 20 MB: less than that much is unpacked before it would have begun. */
const SMALL_BYTES = 2 ** 20;

export interface Unpacking {
  files: Files;
  fileName: string;
  destDir: string;
  stripComponents: number;
  /** The tree becomes an asset as it is; what is learned of its files goes here. */
  scanned: ScannedFiles | undefined;
  signal: AbortSignal;
}

export interface Unpackers {
  open(unpacking: Unpacking): Unpacker;
  [Symbol.asyncDispose](): Promise<void>;
}

export function createUnpackers(where: { threadUrl: URL; clock: Clock }): Unpackers {
  let thread: UnpackThread | undefined;
  return {
    open(unpacking) {
      return openWhenKnown(unpacking, () => {
        if (thread === undefined || thread.isOver) thread = new UnpackThread(where);
        return thread.open(unpacking);
      });
    },
    [Symbol.asyncDispose]: async () => void (await thread?.stop()),
  };
}

/** Holds the first bytes back until it is known whether there are many. */
function openWhenKnown(unpacking: Unpacking, openFar: () => Unpacker): Unpacker {
  const { promise: done, resolve, reject } = Promise.withResolvers<Unpacked | undefined>();
  done.catch(() => {});
  let held: Buffer[] = [];
  let heldBytes = 0;
  let target: Unpacker | undefined;
  const begin = (opened: Unpacker): Unpacker => {
    target = opened;
    opened.on('error', (error) => stream.destroy(error));
    opened.done.then(resolve, reject);
    for (const piece of held) opened.write(piece);
    held = [];
    return opened;
  };
  const stream = new Writable({
    signal: unpacking.signal,
    write(chunk: Buffer, _encoding, ready) {
      if (target) return target.write(chunk) ? ready() : void target.once('drain', ready);
      held.push(chunk);
      heldBytes += chunk.length;
      if (heldBytes > SMALL_BYTES) begin(openFar());
      ready();
    },
    final(ready) {
      const ending = target ?? begin(openHere(unpacking));
      ending.end();
      ending.done.then(() => ready(), ready);
    },
    destroy(error, closed) {
      if (!target) reject(error ?? new Error('Destroyed before it began'));
      target?.destroy(error ?? undefined);
      // Whoever sees the stream closed may remove what was unpacked.
      void done.catch(() => {}).then(() => closed(error));
    },
  });
  return withoutOutcry(Object.assign(stream, { done }));
}

function openHere({ files, fileName, destDir, stripComponents, scanned, signal }: Unpacking): Unpacker {
  const asAsset = scanned ? { readOnly: true, watcher: scanned } : {};
  return createUnpacker(fileName, destDir, { files, stripComponents, signal, ...asAsset });
}
