// The block of 512 bytes before every member of a tar, as POSIX (ustar), GNU tar and the tar of 1979 fill it. Knows
// nothing of the members that only describe the one after them.

export const TAR_BLOCK_BYTES = 512;

export interface TarBlock {
  /** What kind of member it is: one letter, `0` where the oldest tars have none. */
  flag: string;
  name: string;
  target: string;
  mode: number;
  sizeBytes: number;
  /** As it came, for what only some dialects have. */
  bytes: Buffer;
}

const FIELDS = { mode: 100, size: 124, checksum: 148, flag: 156, target: 157, magic: 257, prefix: 345 };
const ZEROS = Buffer.alloc(TAR_BLOCK_BYTES);
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;

/**
 * Undefined for the zeros that end a tar.
 *
 * @throws Error when it is none
 */
export function decodeBlock(bytes: Buffer): TarBlock | undefined {
  if (bytes.equals(ZEROS)) return undefined;
  if (!isTarBlock(bytes)) throw new Error('No header of a tar where one belongs');
  const flag = String.fromCharCode(bytes[FIELDS.flag] || 0x30);
  const name = textAt(bytes, 0, NAME_BYTES);
  // GNU tar has times in the place of the prefix, and another magic word.
  const hasPrefix = bytes.toString('latin1', FIELDS.magic, FIELDS.magic + 6) === 'ustar\0';
  const prefix = hasPrefix ? textAt(bytes, FIELDS.prefix, PREFIX_BYTES) : '';
  return {
    flag,
    name: prefix === '' ? name : `${prefix}/${name}`,
    target: textAt(bytes, FIELDS.target, NAME_BYTES),
    // Who packed it may not have known any.
    mode: numberAt(bytes, FIELDS.mode, 8) ?? 0,
    sizeBytes: sizeAt(bytes, FIELDS.size),
    bytes,
  };
}

/** The sum of all bytes stands in it, where the sum takes spaces. Some have added up signed bytes. */
export function isTarBlock(bytes: Buffer): boolean {
  if (bytes.length !== TAR_BLOCK_BYTES) return false;
  let [sum, large] = [0, 0];
  for (let at = 0; at < TAR_BLOCK_BYTES; at++) {
    const byte = at >= FIELDS.checksum && at < FIELDS.flag ? 32 : (bytes[at] as number);
    sum += byte;
    large += byte >> 7;
  }
  const told = numberAt(bytes, FIELDS.checksum, 8);
  return told === sum || told === sum - large * 256;
}

/** A size in twelve bytes. */
export function sizeAt(bytes: Buffer, at: number): number {
  const size = numberAt(bytes, at, 12);
  if (size === undefined) throw new Error('A size that is no number');
  return size;
}

/** Octal digits, or a large number after a byte that is none (GNU). Undefined for everything else, negative ones too. */
function numberAt(bytes: Buffer, at: number, length: number): number | undefined {
  const field = bytes.subarray(at, at + length);
  if (field[0] === 0x80) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const [, digits] = /^ *([0-7]*)(?:[ \0]|$)/.exec(field.toString('latin1')) ?? [];
  return digits === undefined ? undefined : Number.parseInt(`0${digits}`, 8);
}

/** Up to the first NUL. */
function textAt(bytes: Buffer, at: number, length: number): string {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? length : end);
}
