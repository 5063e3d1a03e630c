// Reads tar in all its dialects (POSIX pax, ustar, GNU, the nameless one of 1979) as a stream, and hands its entries on.
// Files are written as their bytes come by, without a stream or a promise for each: that would take five times as long.
import { Writable } from 'node:stream';
import { extract, type Header } from 'tar-stream';
import { TAR_BLOCK_BYTES } from './tar-header.ts';
import type { Entry, Unpacking } from './unpacking.ts';

/** A header as it really comes. */
interface TarHeader extends Omit<Header, 'type' | 'linkname'> {
  /** Null when it is none that tar-stream knows. */
  type: string | null;
  linkname: string | null;
  /** Where the content begins. */
  byteOffset: number;
}

/** Missing in the types. */
type ExtractOptions = Parameters<typeof extract>[0] & { allowUnknownFormat: boolean };

const KINDS: Record<string, Entry['kind']> = {
  file: 'file',
  'contiguous-file': 'file',
  directory: 'dir',
  symlink: 'link',
  link: 'hardlink',
  'character-device': 'other',
  'block-device': 'other',
  fifo: 'other',
};

/** A stream that takes the bytes of a tar and has finished when everything is unpacked. */
export function createTarReader(unpacking: Unpacking): Writable {
  // Automake packs releases without the magic word of later dialects ("tar chof"): the checksum has to be enough.
  const options: ExtractOptions = { allowUnknownFormat: true };
  const parser = extract(options);
  const end = createEndWatch();
  /** Nothing may be thrown into the parser, which would carry on. */
  const guarded = (work: () => void) => () => {
    try {
      work();
    } catch (error) {
      parser.destroy(error as Error);
    }
  };

  parser.on('entry', (decoded, content, next) => {
    // What goes wrong is said on the parser as well.
    content.on('error', () => {});
    guarded(() => {
      const header = decoded as unknown as TarHeader;
      end.expectAfter(header);
      const writer = unpacking.add(entryOf(header));
      const finish = guarded(() => {
        writer?.close();
        next();
      });
      // Not at once: a run of empty files would nest one call of the parser in another for each of them.
      if (contentBytes(header) === 0) return queueMicrotask(finish);
      content.on('data', (chunk) => guarded(() => writer?.write(chunk as Buffer))());
      content.on('end', finish);
    })();
  });

  const reader = new Writable({
    write(chunk: Buffer, _encoding, done) {
      guarded(() => unpacking.countUnpacked(chunk.length))();
      end.watch(chunk);
      if (parser.write(chunk)) done();
      else parser.once('drain', done);
    },
    final(done) {
      parser.once('finish', () => done(end.seen() ? null : new Error('Unexpected end of data')));
      parser.end(null);
    },
    destroy(error, done) {
      parser.destroy();
      done(error);
    },
  });
  parser.on('error', (error) => reader.destroy(error));
  return reader;
}

function entryOf(header: TarHeader): Entry {
  const { name, linkname, mode, type, pax } = header;
  // Sparse files of GNU tar look like plain ones with other content.
  const isSparse = Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.sparse.'));
  const kind = isSparse ? 'unknown' : (KINDS[type ?? ''] ?? 'unknown');
  return { kind, name, target: linkname ?? '', mode };
}

/** The size of a directory is what it may grow to: nothing follows it (POSIX, ustar). */
function contentBytes({ type, size }: TarHeader): number {
  return type === 'directory' ? 0 : size;
}

/**
 * Looks for the blocks of zeros that end a tar. A tar that was cut off between two entries is otherwise a good one.
 */
function createEndWatch() {
  let position = 0;
  let zeros = 0;
  let lastEntryEnd = 0;
  return {
    watch(chunk: Buffer): void {
      position += chunk.length;
      const most = Math.min(chunk.length, TAR_BLOCK_BYTES);
      let found = 0;
      while (found < most && chunk[chunk.length - 1 - found] === 0) found += 1;
      zeros = found === chunk.length ? zeros + found : found;
    },
    expectAfter(header: TarHeader): void {
      lastEntryEnd = header.byteOffset + Math.ceil(contentBytes(header) / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES;
    },
    seen: () => Math.min(zeros, position - lastEntryEnd) >= TAR_BLOCK_BYTES,
  };
}
