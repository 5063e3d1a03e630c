// The blocks that describe one member of a tar archive, as POSIX has them (pax interchange format): the same member is
// always the same bytes. Knows nothing of where the content comes from.

export const TAR_BLOCK_BYTES = 512;

/** 1 January 1980, the earliest time that every archive format can hold, and what commands get as SOURCE_DATE_EPOCH. */
const MODIFIED_S = 315_532_800;

const TYPE_FLAGS = { file: '0', link: '2', dir: '5' } as const;

export interface TarMember {
  kind: keyof typeof TYPE_FLAGS;
  /** With `/`, without one at the end. */
  name: string;
  /** Of a file: everybody may execute it. */
  isExecutable?: boolean;
  /** Of a link. */
  target?: string;
  /** Of a file. */
  sizeBytes?: number;
}

/** What stands before the content. What the old fields cannot hold stands in records of its own before it. */
export function encodeTarHeader({ kind, name, isExecutable, target = '', sizeBytes = 0 }: TarMember): Buffer {
  const path = kind === 'dir' ? `${name}/` : name;
  const records = [
    ...(isPlain(path) ? [] : [record('path', path)]),
    ...(isPlain(target) ? [] : [record('linkpath', target)]),
    ...(sizeBytes <= LARGEST ? [] : [record('size', `${sizeBytes}`)]),
  ];
  const mode = kind === 'file' && !isExecutable ? 0o644 : 0o755;
  const own = block({ path, mode, target, sizeBytes: sizeBytes <= LARGEST ? sizeBytes : 0, flag: TYPE_FLAGS[kind] });
  if (records.length === 0) return own;
  const text = Buffer.from(records.join(''));
  const before = block({ path: 'PaxHeader', mode: 0o644, target: '', sizeBytes: text.length, flag: 'x' });
  return Buffer.concat([before, text, paddingAfter(text.length), own]);
}

/** Zeros up to the next block. */
export function paddingAfter(sizeBytes: number): Buffer {
  return Buffer.alloc((TAR_BLOCK_BYTES - (sizeBytes % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES);
}

export const TAR_END = Buffer.alloc(2 * TAR_BLOCK_BYTES);

/** The most that eleven octal digits hold. */
const LARGEST = 8 ** 11 - 1;

/** Fits into the old field, and means the same in every character set. */
const isPlain = (text: string): boolean => /^[\x20-\x7e]{0,100}$/.test(text);

/** `<length> <key>=<value>\n`, where the length counts its own digits too. */
function record(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  const digits = `${rest + `${rest}`.length}`.length;
  return `${rest + digits} ${key}=${value}\n`;
}

interface Block {
  path: string;
  mode: number;
  target: string;
  sizeBytes: number;
  flag: string;
}

function block({ path, mode, target, sizeBytes, flag }: Block): Buffer {
  const header = Buffer.alloc(TAR_BLOCK_BYTES);
  const octal = (value: number, at: number, width: number) =>
    header.write(value.toString(8).padStart(width - 1, '0'), at, 'latin1');
  header.write(path, 0, 100);
  octal(mode, 100, 8);
  octal(0, 108, 8); // Owner and group: nobody's but root's.
  octal(0, 116, 8);
  octal(sizeBytes, 124, 12);
  octal(MODIFIED_S, 136, 12);
  header.write(`        ${flag}`, 148, 'latin1'); // The checksum counts as spaces.
  header.write(target, 157, 100);
  header.write('ustar\x0000', 257, 'latin1');
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  header[154] = 0;
  return header;
}
