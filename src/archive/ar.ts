// Reads ar archives as they come, with the long names of GNU and BSD; and Debian packages (deb(5)), which are ar archives
// of tars. Of a package the files are unpacked, as by `dpkg-deb -x`: what its control part says is for a package
// manager, and its scripts are nothing that anybody should run.
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CODECS } from './codec.ts';
import { LONGEST_NAME_BYTES } from './names.ts';
import { Sequence } from './sequence.ts';
import { createTarReader } from './tar/tar.ts';
import type { Unpacking } from './unpacking.ts';

export const AR_MAGIC = '!<arch>\n';
export const THIN_AR_MAGIC = '!<thin>\n';

const HEADER_BYTES = 60;
const HEADER_END = '`\n';
/** Twice the names of the largest library there is. */
const LARGEST_NAME_TABLE_BYTES = 64 * 2 ** 20;

interface Member {
  name: string;
  mode: number;
  sizeBytes: number;
}

/** The last step for the bytes of an ar archive. */
export function readAr(unpacking: Unpacking) {
  return async (source: AsyncIterable<Uint8Array>): Promise<void> => {
    const sequence = new Sequence(source);
    await sequence.skip(AR_MAGIC.length);
    let names: Buffer = Buffer.alloc(0);
    let isPackage = false;
    for (let entries = 1; ; entries += 1) {
      await unpacking.pauses.take();
      const member = await readHeader(sequence);
      if (member === undefined) break;
      // What is left out of a package is looked at as well.
      unpacking.expect({ entries });
      const padding = member.sizeBytes % 2;
      if (member.name === '//') names = await readNameTable(sequence, member);
      else {
        const named = await readName(sequence, member, names);
        isPackage ||= entries === 1 && named.name === 'debian-binary';
        if (isPackage && isDataOf(named)) return await unpackData(sequence, named, unpacking);
        if (isPackage || isSymbolTable(named)) await sequence.skip(named.sizeBytes);
        else await unpackMember(sequence, named, unpacking);
      }
      // The last one may have none.
      if (padding > 0 && (await sequence.peek(1)).length > 0) await sequence.skip(padding);
    }
    if (isPackage) throw new Error('No data.tar in the package');
  };
}

async function readHeader(sequence: Sequence): Promise<Member | undefined> {
  const header = await sequence.take(HEADER_BYTES);
  if (header === undefined) return undefined;
  const field = (start: number, end: number): string => header.toString('latin1', start, end).trimEnd();
  const size = field(48, 58);
  if (header.toString('latin1', 58) !== HEADER_END || !/^\d+$/.test(size)) throw new Error('No header of an ar member');
  return {
    name: header.toString('utf8', 0, 16).trimEnd(),
    mode: Number.parseInt(field(40, 48), 8) || 0o644,
    sizeBytes: Number(size),
  };
}

/** GNU: all names that are too long for a header, each with `/` and a line feed behind it. */
async function readNameTable(sequence: Sequence, { sizeBytes }: Member): Promise<Buffer> {
  if (sizeBytes > LARGEST_NAME_TABLE_BYTES) throw new Error('A table of names that is too large');
  return Buffer.from((await sequence.take(sizeBytes)) ?? []);
}

/** A member as its author called it, and what is left of its size once its name is read. */
async function readName(sequence: Sequence, member: Member, names: Buffer): Promise<Member> {
  const { name, sizeBytes } = member;
  const [, inTable] = /^\/(\d+)$/.exec(name) ?? [];
  if (inTable !== undefined) {
    const start = Number(inTable);
    // No further than a name can be long: the table may have megabytes, and a million members begin at one place.
    const place = names.subarray(start, start + LONGEST_NAME_BYTES + 2);
    const length = place.indexOf('/\n');
    if (length === -1) throw new Error('A name that is not in the table of names');
    return { ...member, name: place.toString('utf8', 0, length) };
  }
  // BSD: it stands before the content, filled up with NULs.
  const [, inContent] = /^#1\/(\d+)$/.exec(name) ?? [];
  if (inContent !== undefined) {
    const length = Number(inContent);
    if (length > Math.min(sizeBytes, LONGEST_NAME_BYTES)) throw new Error('A name that is longer than its member');
    const bytes = (await sequence.take(length)) ?? Buffer.alloc(0);
    return { ...member, name: bytes.toString('utf8').replace(/\0+$/, ''), sizeBytes: sizeBytes - length };
  }
  // GNU ends a name with a slash, so that it may end with a space.
  return isSymbolTable(member) ? member : { ...member, name: name.replace(/\/$/, '') };
}

/** What a linker looks things up in: no file of anybody. */
function isSymbolTable({ name }: Member): boolean {
  return name === '/' || name === '/SYM64/' || /^__\.SYMDEF( SORTED|_64|_64 SORTED)?$/.test(name);
}

async function unpackMember(
  sequence: Sequence,
  { name, mode, sizeBytes }: Member,
  unpacking: Unpacking,
): Promise<void> {
  const writer = unpacking.add({ kind: 'file', name, target: '', mode });
  for await (const piece of sequence.pieces(sizeBytes)) {
    unpacking.countUnpacked(piece.length);
    writer?.write(piece);
  }
  writer?.close();
}

const isDataOf = ({ name }: Member): boolean => /^data\.tar(\.\w+)?$/.test(name);

async function unpackData(sequence: Sequence, { name, sizeBytes }: Member, unpacking: Unpacking): Promise<void> {
  const data = new Sequence(sequence.pieces(sizeBytes));
  const head = await data.peek(8);
  const codec = CODECS.find(({ magic }) => head.subarray(0, magic.length).equals(magic));
  if (codec === undefined && name !== 'data.tar')
    throw unpacking.refusal({ name }, 'is packed in a way that galley cannot read', 'ARCHIVE_INVALID');
  const steps = [data.pieces(), ...(codec ? [codec.decode()] : []), createTarReader(unpacking)];
  await pipeline(steps as Duplex[]);
  // What may follow belongs to nobody; whoever sends it is let finish.
  await sequence.skip(Number.POSITIVE_INFINITY);
}
