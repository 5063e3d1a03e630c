// Decoding gzip (RFC 1952): members one behind the other, and then nothing but zeros, which fill the blocks of tapes.
import type { Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** The default of 16 KiB costs a third more time. */
const CHUNK = { chunkSize: 256 * 1024 };

/** The decoder of Node ends at the first zero and says nothing of what follows; so what it leaves is looked at here. */
export function createGzipDecoder(): Transform {
  const decoder = createGunzip(CHUNK);
  const decode = decoder._transform.bind(decoder);
  let givenBytes = 0;
  let hasEnded = false;
  decoder._transform = (piece: Buffer, encoding, done) => {
    if (hasEnded) return done(refusalOf(piece));
    givenBytes += piece.length;
    decode(piece, encoding, (error) => {
      const left = givenBytes - decoder.bytesWritten;
      hasEnded = left > 0;
      done(error ?? (hasEnded ? refusalOf(piece.subarray(-left)) : null));
    });
  };
  return decoder;
}

/** gzip(1) leaves it out and fails, Python reads on behind the zeros: two programs, two contents. */
function refusalOf(rest: Buffer): Error | null {
  return rest.some((byte) => byte !== 0) ? new Error('something follows its end') : null;
}
