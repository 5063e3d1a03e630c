// A file that is being received: every byte is hashed, written and passed on in one pass. It knows nothing of the
// network, and trusts nobody: what came is compared with what was published only when it is whole.
import type { Sha256 } from '../model/digest.ts';
import { algorithmOf } from '../model/integrity.ts';
import { createIntegrity, createSha256 } from '../system/digest.ts';
import type { Files } from '../system/files.ts';
import type { FileWriter } from '../system/writer.ts';
import { readBytes } from './bytes.ts';
import type { Tee } from './tee.ts';

/** Which version of the file the bytes belong to, as its server names it. */
export interface PartVersion {
  /** An ETag, or the time of the last change: what `If-Range` takes. */
  validator?: string;
  /** Of the whole file. */
  totalBytes?: number;
  /** Where it came from. */
  server?: string;
}

export interface Part {
  readonly file: string;
  readonly sizeBytes: number;
  version: PartVersion;
  /** What more than one answer has given: bytes of two files, perhaps, though both had the same name. */
  isPatched: boolean;
  append(bytes: Uint8Array): Promise<void>;
  /** Goes on behind the bytes that were moved into the place of the empty file. */
  goOn(signal: AbortSignal): Promise<void>;
  /** Forgets everything that came. */
  restart(): Promise<void>;
  sha256(): Sha256;
  /** Undefined unless it was wanted: it costs as much as everything else together. */
  integrity(): string | undefined;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface PartOptions {
  files: Files;
  tee: Tee | undefined;
  /** What is published beside a sha256, if anything. */
  integrity: string | undefined;
}

/** `file` must not exist yet. */
export async function createPart(file: string, { files, tee, integrity: published }: PartOptions): Promise<Part> {
  const newDigests = () =>
    [createSha256(), published === undefined ? undefined : createIntegrity(algorithmOf(published))] as const;
  let writer: FileWriter = await files.openWriter(file);
  let [sha256, integrity] = newDigests();
  let sizeBytes = 0;
  const count = (bytes: Uint8Array) => {
    sizeBytes += bytes.length;
    sha256.update(bytes);
    integrity?.update(bytes);
  };
  const part: Part = {
    file,
    version: {},
    isPatched: false,
    get sizeBytes() {
      return sizeBytes;
    },
    async append(bytes) {
      count(bytes);
      try {
        await Promise.all([writer.write(bytes), tee?.send(bytes)]);
      } catch (error) {
        // The file may end anywhere in these bytes: nothing can be continued from here.
        part.version = {};
        throw error;
      }
    },
    async goOn(signal) {
      await writer.close();
      writer = await files.openWriter(file, { start: 'append' });
      for await (const bytes of readBytes(file, files, { signal })) {
        count(bytes);
        await tee?.send(bytes);
      }
    },
    async restart() {
      tee?.rest(sha256.soFar());
      await writer.close();
      writer = await files.openWriter(file, { start: 'replace' });
      [sha256, integrity] = newDigests();
      sizeBytes = 0;
      part.version = {};
      part.isPatched = false;
    },
    sha256: () => sha256.soFar(),
    integrity: () => integrity?.soFar(),
    [Symbol.asyncDispose]: () => writer.close(),
  };
  return part;
}
