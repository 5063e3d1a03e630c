// The thread that unpacks large archives while the main one receives them: decoding, hashing and writing are more work
// than receiving, and so they cost no time. Knows of archives only by number.
import { parentPort } from 'node:worker_threads';
import { createUnpacker, type Unpacker } from '../../archive/archive.ts';
import { ScannedFiles } from '../../cache/scanned.ts';
import { createFiles } from '../../system/files.ts';
import { encodeError, type FromThread, type Job, type ToThread } from './protocol.ts';

const port = parentPort;
if (port === null) throw new Error('thread.ts runs in a thread of its own');

const files = createFiles();
const unpackers = new Map<number, { unpacker: Unpacker; stop: AbortController }>();

port.on('message', (message: ToThread) => {
  const { job } = message;
  if (message.type === 'begin') return begin(job, message);
  const { unpacker, stop } = unpackers.get(job) ?? {};
  if (message.type === 'cut') stop?.abort();
  if (message.type === 'end') unpacker?.end();
  if (message.type === 'bytes' && unpacker?.writable) {
    const sizeBytes = message.bytes.length;
    unpacker.write(Buffer.from(message.bytes.buffer, message.bytes.byteOffset, sizeBytes), () =>
      post({ type: 'taken', job, sizeBytes }),
    );
  }
});

function begin(job: number, { fileName, destDir, stripComponents, target }: Job): void {
  const stop = new AbortController();
  const scanned = target && new ScannedFiles(target);
  const options = { files, stripComponents, signal: stop.signal, ...(scanned && { readOnly: true, watcher: scanned }) };
  const unpacker = createUnpacker(fileName, destDir, options);
  // `done` says it.
  unpacker.on('error', () => {});
  unpackers.set(job, { unpacker, stop });
  void unpacker.done
    .then(
      (unpacked) => post({ type: 'done', job, unpacked, scans: scanned?.all() ?? new Map() }),
      (error: unknown) => post({ type: 'failed', job, error: encodeError(error) }),
    )
    .finally(() => unpackers.delete(job));
}

function post(message: FromThread): void {
  port?.postMessage(message);
}
