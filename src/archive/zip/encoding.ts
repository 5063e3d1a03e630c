// The names in a zip as text. By the book they are UTF-8 where a flag says so, else the letters of the IBM PC of 1981;
// in the world there is more.
import { crc32 } from 'node:zlib';

const UTF8_FLAG = 0x800;
const UNIX = 3;
const MACOS = 19;

const CP437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

/** @throws Error when a name that is said to be UTF-8 is not */
export function decodeName(
  bytes: Buffer,
  { flags, madeBy, unicode }: { flags: number; madeBy: number; unicode: Buffer | undefined },
): string {
  if (flags & UTF8_FLAG) return decodeUtf8(bytes) ?? fail();
  // Info-ZIP's second name (APPNOTE 4.6.9): it counts only while the first one is what it was.
  if (unicode?.[0] === 1 && unicode.length > 5 && unicode.readUInt32LE(1) === crc32(bytes))
    return decodeUtf8(unicode.subarray(5)) ?? fail();
  // The archiver of macOS and others write UTF-8 without saying so.
  const unsaid = madeBy === UNIX || madeBy === MACOS ? decodeUtf8(bytes) : undefined;
  return unsaid ?? Array.from(bytes, (byte) => (byte < 128 ? String.fromCharCode(byte) : CP437[byte - 128])).join('');
}

function decodeUtf8(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? text : undefined;
}

function fail(): never {
  throw new Error('A name that is not UTF-8');
}
