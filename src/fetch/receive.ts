// Brings bytes from the network or from a file of this machine into the download store, verified. Resumes what broke
// off: after a failure in this process, and after the end of an earlier one.
import type { Sha256 } from '../model/digest.ts';
import { isFailure } from '../model/failure.ts';
import { placeOf } from '../model/prefix.ts';
import type { Clock } from '../system/clock.ts';
import { sha256OfBytes } from '../system/digest.ts';
import type { Files } from '../system/files.ts';
import type { Http } from '../system/http.ts';
import type { Attempts } from './attempts.ts';
import { assertExpected, isExpected, type Origin, otherSize, type Received } from './expectation.ts';
import { createLeftovers } from './leftover.ts';
import { createPart, type Part } from './part.ts';
import type { Routes } from './routes.ts';
import type { Expectation, Located, Store } from './source.ts';
import type { Tee } from './tee.ts';
import { transfer } from './transfer.ts';

export interface Reception {
  located: Located;
  package?: string | undefined;
  tee: Tee | undefined;
  signal: AbortSignal;
  attempts: number | undefined;
  onProgress(progress: Progress): void;
}

export interface Progress {
  receivedBytes: number;
  totalBytes?: number | undefined;
}

type Made = NonNullable<Located['read']>;

export interface Stored {
  file: string;
  sha256: Sha256;
  sizeBytes: number;
}

export interface ReceiveTools {
  http: Http;
  store: Store;
  files: Files;
  clock: Clock;
  attempts: Attempts;
  routes: Routes;
}

export type Receive = (reception: Reception) => Promise<Stored>;

export function createReceive(tools: ReceiveTools): Receive {
  const { store, files, attempts, routes } = tools;
  const leftovers = createLeftovers(tools);

  /** Attempts share the part: each goes on where the one before broke off. */
  async function download(part: Part, { located, onProgress, ...asked }: Reception): Promise<void> {
    const { sizeBytes } = located;
    const refuse = (found: string) => otherSize(originOf(part, located), sizeBytes as number, found);
    const how = { signal: asked.signal, sizeBytes, refuse, onStart: leftovers.describe, onProgress };
    await routes(located, asked, (at) => transfer(part, { ...how, at }, tools));
  }

  /** What is made is made from its beginning each time, and over before anybody could want to continue it. */
  async function make(part: Part, read: Made, { located, onProgress, ...asked }: Reception) {
    const tell = (receivedBytes: number) => onProgress({ receivedBytes });
    await attempts({ url: located.url, ...asked }, async () => {
      if (part.sizeBytes > 0) await part.restart();
      for await (const chunk of read({ signal: asked.signal, onProgress: tell })) await part.append(chunk);
    });
  }

  async function fill(part: Part, key: string, reception: Reception): Promise<void> {
    const { located } = reception;
    if (located.read) return await make(part, located.read, reception);
    const trusts = (located.sha256 ?? located.integrity) !== undefined;
    await leftovers.takeOver(part, key, { trusts, signal: reception.signal });
    await download(part, reception);
    if (!part.isPatched || isExpected(summaryOf(part, located), expectationOf(located))) return;
    // Bytes from here and there prove nothing about the server: only a whole new file does.
    await part.restart();
    await download(part, reception);
  }

  return async (reception) => {
    const { located, tee, signal } = reception;
    // The expectation is part of the name: bytes that are not what one recipe wants are no start for another.
    const key = sha256OfBytes(JSON.stringify([located.url, located.sha256, located.integrity])).slice(0, 32);
    const part = await createPart(leftovers.newFile(key), { files, tee, integrity: located.integrity });
    try {
      await using _ = part;
      await fill(part, key, reception);
      assertExpected(summaryOf(part, located), expectationOf(located));
    } catch (error) {
      // Wrong bytes, and those of a file that is gone, are of no use to anybody; a full disk needs their space.
      const mayContinue = signal.aborted || (isFailure(error, 'FETCH_FAILED') && error.transient);
      await (mayContinue ? leftovers.putDown(part) : leftovers.remove(part));
      throw error;
    }
    // Only now, and under the name of its own content: nothing unverified is ever in the store.
    const sha256 = part.sha256();
    const stored = await store.adopt(part.file, sha256);
    await leftovers.remove(part);
    return { ...stored, sha256 };
  };
}

/** What is made of a commit has the size that our way to pack it gives it today. */
function expectationOf({ sizeBytes, ...located }: Located): Expectation {
  return { ...located, ...(located.read === undefined && sizeBytes !== undefined && { sizeBytes }) };
}

function summaryOf(part: Part, located: Located): Received {
  const { sizeBytes } = part;
  return { ...originOf(part, located), sha256: part.sha256(), integrity: part.integrity(), sizeBytes };
}

function originOf({ version: { server } }: Part, { url }: Located): Origin {
  return server === undefined || server === placeOf(url) ? { url } : { url, mirror: server };
}
