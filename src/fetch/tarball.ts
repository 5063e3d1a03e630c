// Writes tar (POSIX.1-2017 "pax") so that equal trees are equal bytes on every machine: no times, no owners, and of the
// permissions only whether a file can be run. Knows nothing of where the tree comes from.

export interface TarEntry {
  /** Relative, with `/`. */
  path: string;
  kind: 'file' | 'link' | 'dir';
  /** Of the content; 0 for all but files. */
  sizeBytes: number;
  executable?: boolean;
  /** Where a link points, as it is written. */
  target?: string;
}

const BLOCK_BYTES = 512;
const TYPES = { file: '0', link: '2', dir: '5' } as const;
/** What twelve bytes hold in octal digits. */
const MOST_OCTAL = 0o77777777777;

/** What stands before the content of an entry. */
export function tarHeader(entry: TarEntry): Buffer {
  const { kind, target = '', sizeBytes } = entry;
  const path = kind === 'dir' ? `${entry.path}/` : entry.path;
  const records = [
    ...(isPlain(path) ? [] : [paxRecord('path', path)]),
    ...(isPlain(target) ? [] : [paxRecord('linkpath', target)]),
    ...(sizeBytes <= MOST_OCTAL ? [] : [paxRecord('size', `${sizeBytes}`)]),
  ];
  const mode = kind === 'link' ? 0o777 : kind === 'dir' || entry.executable ? 0o755 : 0o644;
  const main = block({ name: path, mode, sizeBytes: Math.min(sizeBytes, MOST_OCTAL), type: TYPES[kind], target });
  if (records.length === 0) return main;
  const text = Buffer.from(records.join(''));
  const pax = block({ name: 'pax', mode: 0o644, sizeBytes: text.length, type: 'x', target: '' });
  return Buffer.concat([pax, text, tarPadding(text.length), main]);
}

/** What stands after the content of a file. */
export function tarPadding(sizeBytes: number): Buffer {
  return Buffer.alloc((BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES);
}

/** What stands after the last entry. */
export const TAR_END: Buffer = Buffer.alloc(2 * BLOCK_BYTES);

/** The header has 100 bytes for it, and no word about its encoding. */
function isPlain(text: string): boolean {
  return text.length <= 100 && /^[\x20-\x7e]*$/.test(text);
}

/** `30 path=…\n`: the number counts itself. */
function paxRecord(name: string, value: string): string {
  const rest = Buffer.byteLength(` ${name}=${value}\n`);
  let length = rest;
  while (length !== rest + `${length}`.length) length = rest + `${length}`.length;
  return `${length} ${name}=${value}\n`;
}

interface Block {
  name: string;
  mode: number;
  sizeBytes: number;
  type: string;
  target: string;
}

function block({ name, mode, sizeBytes, type, target }: Block): Buffer {
  const bytes = Buffer.alloc(BLOCK_BYTES);
  const octal = (value: number, at: number, length: number) =>
    bytes.write(value.toString(8).padStart(length - 1, '0'), at, length - 1, 'latin1');
  bytes.write(name, 0, 100);
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(sizeBytes, 124, 12);
  octal(0, 136, 12);
  bytes.write(type, 156);
  bytes.write(target, 157, 100);
  bytes.write('ustar\x0000', 257, 'latin1');
  // The checksum counts its own field as blanks.
  bytes.fill(' ', 148, 156);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}
