// What an interrupted download leaves for the next one, in this process or another.
//
//   .<key>.<random>.tmp        the bytes; written by one process only, as nobody else knows its name
//   .<key>.<random>.tmp.json   which version of the file they are from, who is writing, what was whole when they stopped
//
// Two processes that fetch the same file each write their own. Bytes are taken over when their writer has put them down
// or is dead: whoever renames the file owns it, and of several that try one succeeds. They are then copied into the
// file of the new owner rather than written on, so that a writer who was only thought dead spoils nothing.
import path from 'node:path';
import type { Clock } from '../system/clock.ts';
import { isErrno, unlessMissing } from '../system/errno.ts';
import type { Files } from '../system/files.ts';
import { describeSelf, fateOf, type OwnerRecord } from '../system/owner.ts';
import { temporaryName } from '../system/temporary.ts';
import { readBytes } from './bytes.ts';
import type { Part, PartVersion } from './part.ts';
import type { Store } from './source.ts';

/** A writer of another machine or container is asked for after this long without a byte: stalls end much earlier. */
const ABANDONED_MS = 60 * 60 * 1000;

/** The side-car of a part. */
interface PartRecord extends PartVersion {
  /** Absent once the writer has put the part down. */
  owner?: OwnerRecord;
  /** Of the bytes when they were put down. */
  sha256?: string;
}

export interface Leftovers {
  /** A name for a new part. */
  newFile(key: string): string;
  /** Fills an empty part with what is left of an earlier one with this key. True when there was something. */
  takeOver(part: Part, key: string, options: { trusts: boolean }): Promise<boolean>;
  /** Says which version of the file is being written, before its first byte. */
  describe(part: Part): Promise<void>;
  /** Leaves the part for the next one. */
  putDown(part: Part): Promise<void>;
  remove(part: Part): Promise<void>;
}

export interface LeftoverTools {
  store: Store;
  files: Files;
  clock: Clock;
}

export function createLeftovers(tools: LeftoverTools): Leftovers {
  const { store, files, clock } = tools;
  let own: OwnerRecord | undefined;
  // Who we are takes several questions to some systems, and most runs download nothing.
  const self = () => (own ??= { ...describeSelf(), command: 'galley', since: clock.now() });
  const newFile = (key: string) => store.partFile(temporaryName(key));
  const discard = async (file: string) => {
    await unlessMissing(files.unlink(file));
    await unlessMissing(files.unlink(sideCar(file)));
  };

  /** Not made safe: a record that is lost or half written costs a resumption, and syncing would cost every download. */
  const writeRecord = async (part: Part, record: PartRecord) => {
    await using writer = await files.openWriter(sideCar(part.file), { start: 'replace' });
    await writer.write(Buffer.from(JSON.stringify(record)));
  };

  return {
    newFile,
    async takeOver(part, key, { trusts }) {
      for await (const { file, record } of findAbandoned(key, { ...tools, self: self() })) {
        // After a crash of the machine there may be holes in the file. A published checksum would find them at the
        // end; without one, only what was hashed when it was put down is good enough.
        if (!trusts && record.sha256 === undefined) continue;
        const claimed = newFile(`claimed.${key}`);
        if (!(await rename(file, claimed, files))) continue;
        for await (const chunk of readBytes(claimed, files)) await part.append(chunk);
        await discard(claimed);
        await discard(file);
        if (record.sha256 === undefined || record.sha256 === part.sha256()) {
          part.version = versionOf(record);
          return part.sizeBytes > 0;
        }
        await part.restart();
      }
      return false;
    },
    async describe(part) {
      await writeRecord(part, { ...part.version, owner: self() });
    },
    async putDown(part) {
      if (part.sizeBytes === 0 || part.version.validator === undefined) return await discard(part.file);
      await writeRecord(part, { ...part.version, sha256: part.sha256() });
    },
    remove: (part) => discard(part.file),
  };
}

/** Parts with this key that nobody writes any more. */
async function* findAbandoned(
  key: string,
  { store, files, clock, self }: LeftoverTools & { self: OwnerRecord },
): AsyncGenerator<{ file: string; record: PartRecord }> {
  const dir = path.dirname(store.partFile(key));
  for (const name of await files.list(dir)) {
    if (!name.startsWith(`.${key}.`) || !name.endsWith('.tmp')) continue;
    const file = path.join(dir, name);
    const record = parseRecord(await files.findText(sideCar(file)));
    const stat = await files.findStat(file);
    if (record === undefined || stat === undefined) continue;
    const fate = record.owner === undefined ? 'dead' : fateOf(record.owner, self);
    const isStale = stat.mtimeMs < clock.now() - ABANDONED_MS;
    if (fate === 'dead' || (fate === 'elsewhere' && isStale)) yield { file, record };
  }
}

function sideCar(file: string): string {
  return `${file}.json`;
}

/** False when somebody else was faster. */
async function rename(from: string, to: string, files: Files): Promise<boolean> {
  try {
    await files.rename(from, to);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Undefined when the file is missing or half written. */
function parseRecord(text: string | undefined): PartRecord | undefined {
  try {
    return JSON.parse(text ?? '') as PartRecord;
  } catch {
    return undefined;
  }
}

function versionOf({ validator, totalBytes, server }: PartRecord): PartVersion {
  return {
    ...(validator !== undefined && { validator }),
    ...(totalBytes !== undefined && { totalBytes }),
    ...(server !== undefined && { server }),
  };
}
