// Reads tar in all its dialects (POSIX pax, ustar, GNU, the nameless one of 1979) as a stream, and hands its entries on.
// Files are written as their bytes come by, without a stream or a promise for each: that would take five times as long.
import { Writable } from 'node:stream';
import { defer } from '../../system/clock.ts';
import type { SyncWriter } from '../../system/disk-sync.ts';
import type { Entry, Unpacking } from '../unpacking.ts';
import { Feed, type Reading } from './feed.ts';
import { paddingBytes, readMember, type TarMember } from './member.ts';
import { readSparse, type SparseMap, sparseName } from './sparse.ts';

/** By their letters. What is none of these is refused: it may be a file to one program and nothing to another. */
const KINDS: Record<string, Entry['kind']> = {
  0: 'file',
  7: 'file', // In one piece on the disk, which no system offers any more.
  S: 'file', // With holes, as GNU tar packed it before pax.
  1: 'hardlink',
  2: 'link',
  3: 'other',
  4: 'other',
  5: 'dir',
  6: 'other',
  D: 'dir', // GNU tar, incremental: what follows is a list of names.
};
/** The name of the whole archive (`tar --label`). */
const LABEL = 'V';
const LIST_OF_NAMES = 'D';

/** A stream that takes the bytes of a tar and has finished when everything is unpacked. */
export function createTarReader(unpacking: Unpacking): Writable {
  const feed = new Feed(readTar(unpacking));
  const reader: Writable = new Writable({
    write(chunk: Buffer, _encoding, done) {
      const carryOn = (step: () => void): void => {
        try {
          step();
          // Once it is destroyed, nothing may be written any more: the file is closed, and its number may be another's.
          if (feed.isPausing) defer(() => reader.destroyed || carryOn(() => feed.resume()));
          else done();
        } catch (error) {
          done(error as Error);
        }
      };
      carryOn(() => {
        unpacking.countUnpacked(chunk.length);
        feed.push(chunk);
      });
    },
    final: (done) => done(feed.isDone ? null : new Error('Unexpected end of data')),
  });
  return reader;
}

/** Everything up to the first block of zeros, where all programs stop: what follows is in nobody's archive. */
function* readTar(unpacking: Unpacking): Reading<void> {
  for (;;) {
    // Hundreds of members are in one piece, and each may be a hundred directories deep.
    if (unpacking.pauses.claim()) yield 'turn';
    const member = yield* readMember(unpacking);
    if (member === undefined) return;
    const kind = kindOf(member);
    if (kind === 'file') {
      yield* readFile(member, unpacking);
      continue;
    }
    if (member.flag !== LABEL) unpacking.add(entryOf(member, kind));
    if (kind === 'unknown' || member.flag === LIST_OF_NAMES) {
      yield* readContent(member.sizeBytes, undefined);
      yield { whole: paddingBytes(member.sizeBytes) };
    }
  }
}

/** The oldest have no letter for directories. Only files have a content: the size of others is what they had on the disk. */
function kindOf({ flag, name }: TarMember): Entry['kind'] {
  if (flag === '0' && name.endsWith('/')) return 'dir';
  return KINDS[flag] ?? 'unknown';
}

function entryOf({ name, target, mode }: TarMember, kind: Entry['kind']): Entry {
  return { kind, name, target, mode };
}

function* readFile(member: TarMember, unpacking: Unpacking): Reading<void> {
  const sparse = yield* readSparse(member.block, member.records, member.sizeBytes);
  const name = sparseName(member.records) ?? member.name;
  const writer = unpacking.add(entryOf({ ...member, name }, 'file'));
  if (sparse === undefined) yield* readContent(member.sizeBytes, writer);
  else yield* readParts(sparse.map, writer, unpacking);
  writer?.close();
  yield { whole: paddingBytes(member.sizeBytes) };
}

function* readContent(sizeBytes: number, writer: SyncWriter | undefined): Reading<void> {
  for (let left = sizeBytes; left > 0; ) {
    const piece = yield { atMost: left };
    writer?.write(piece);
    left -= piece.length;
  }
}

function* readParts(
  { parts, sizeBytes }: SparseMap,
  writer: SyncWriter | undefined,
  unpacking: Unpacking,
): Reading<void> {
  let at = 0;
  for (const part of parts) {
    yield* fillHole(part.start - at, writer, unpacking);
    yield* readContent(part.sizeBytes, writer);
    at = part.start + part.sizeBytes;
  }
  yield* fillHole(sizeBytes - at, writer, unpacking);
}

const ZEROS = Buffer.alloc(1024 * 1024);

/** Counted first: a map of ten lines may claim a hole that no disk holds. */
function* fillHole(sizeBytes: number, writer: SyncWriter | undefined, unpacking: Unpacking): Reading<void> {
  unpacking.countUnpacked(sizeBytes);
  for (let left = sizeBytes; left > 0; left -= ZEROS.length) {
    writer?.write(ZEROS.subarray(0, left));
    yield 'turn';
  }
}
