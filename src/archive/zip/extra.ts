// The extra fields of a zip, where later times put what has no place of its own (APPNOTE 6.3.10, section 4.5).
import { ELSEWHERE_32, readUInt64 } from './end.ts';

export const EXTRA_ZIP64 = 0x0001;
export const EXTRA_UNICODE_NAME = 0x7075;

/** Numbers too large for their field are in the zip64 extra, in the order of the fields (section 4.5.3). */
export function readSizes(fields: readonly number[], zip64: Buffer | undefined): number[] {
  let at = 0;
  return fields.map((field) => {
    if (field !== ELSEWHERE_32 || zip64 === undefined) return field;
    if (at + 8 > zip64.length) throw new Error('A size is missing');
    at += 8;
    return readUInt64(zip64, at - 8);
  });
}

/** Extra fields are number, length, data. What is damaged holds nothing: these fields are often misused as padding. */
export function findExtras(extra: Buffer, wanted: number): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + 4 <= extra.length; ) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === wanted && end <= extra.length) found.push(extra.subarray(at + 4, end));
    at = end;
  }
  return found;
}
