// A second reader of a download, usually an unpacker: it gets the bytes as they come and need not wait for the whole.
// Knows nothing of where they come from.
import type { Writable } from 'node:stream';
import type { Sha256 } from '../model/digest.ts';
import { Failure } from '../model/failure.ts';
import { sha256OfStream } from '../system/digest.ts';
import type { Files } from '../system/files.ts';
import { readBytes } from './bytes.ts';

export interface Tee {
  /** Waits while the reader is behind; does nothing once the reader is gone. */
  send(bytes: Uint8Array): Promise<void>;
  /** The bytes begin anew and the reader cannot: from now on it rests. `soFar` is the digest of what it has got. */
  rest(soFar: Sha256): void;
  /**
   * Sends what is missing from the verified file, and ends the reader: only now does it see an end.
   *
   * @throws Failure DIGEST_MISMATCH, transient: it got the beginning of other bytes, and a new reader gets these
   */
  complete(file: string): Promise<void>;
  /** The reader must not take what it has got for the whole. */
  fail(error: unknown): void;
}

/** `signal` frees us from a reader that never reads again. */
export function createTee(target: Writable, { files, signal }: { files: Files; signal: AbortSignal }): Tee {
  let sentBytes = 0;
  let restsAt: Sha256 | undefined;

  const push = async (bytes: Uint8Array) => {
    // A reader that breaks is its owner's business: the download goes on, and is there for the next try.
    if (!target.writable || signal.aborted) return;
    sentBytes += bytes.length;
    if (!target.write(bytes)) await drained(target, signal);
  };

  const digestOfStart = (file: string) => sha256OfStream(readBytes(file, files, { end: sentBytes, signal }));

  return {
    async send(bytes) {
      if (restsAt === undefined) await push(bytes);
    },
    rest(soFar) {
      if (sentBytes > 0) restsAt ??= soFar;
    },
    async complete(file) {
      if (restsAt !== undefined && (await digestOfStart(file)) !== restsAt) {
        const message = 'Cannot unpack a file while it is downloaded: what came first was not its beginning';
        throw new Failure('DIGEST_MISMATCH', message, { transient: true });
      }
      for await (const chunk of readBytes(file, files, { start: sentBytes, signal })) await push(chunk);
      target.end();
    },
    fail(error) {
      target.destroy(error as Error);
    },
  };
}

function drained(target: Writable, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      for (const event of ['drain', 'error', 'close']) target.off(event, stop);
      signal.removeEventListener('abort', stop);
      resolve();
    };
    for (const event of ['drain', 'error', 'close']) target.on(event, stop);
    signal.addEventListener('abort', stop);
  });
}
