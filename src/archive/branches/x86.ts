// Undoes the filter for x86: there, an instruction may begin at any byte, so what only looks like one has to be told from
// what is one the way the packer did it (XZ Embedded, xz_dec_bcj.c, which is in the public domain).

/** By which of the three bytes before look like the beginning of an instruction. */
const MAY_FOLLOW = [true, true, true, false, true, false, false, false];
const BYTES_BACK = [0, 1, 2, 2, 3, 3, 3, 3];

const OPCODE_AND_TARGET = 5;

/** The highest byte of a target that is near: positive or negative. */
const isNear = (byte: number): boolean => byte === 0 || byte === 0xff;

/** A filter for one stream, which remembers what it saw at the end of a piece. */
export function convertX86(): (bytes: Buffer, position: number) => number {
  let mask = 0;
  return (bytes, position) => {
    const end = bytes.length - OPCODE_AND_TARGET + 1;
    let before = -1;
    let at = 0;
    for (; at < end; at++) {
      // CALL and JMP.
      if (((bytes[at] as number) & 0xfe) !== 0xe8) continue;
      const steps = at - before;
      before = at;
      mask = steps > 3 ? 0 : (mask << (steps - 1)) & 7;
      const inside = bytes[at + 4 - (BYTES_BACK[mask] as number)] as number;
      const isTarget = mask !== 0 && (!MAY_FOLLOW[mask] || isNear(inside));
      if (isTarget || !isNear(bytes[at + 4] as number)) {
        mask = (mask << 1) | 1;
        continue;
      }
      bytes.writeUInt32LE(distanceOf(bytes.readUInt32LE(at + 1), position + at + OPCODE_AND_TARGET, mask), at + 1);
      at += 4;
    }
    at = Math.max(at, 0);
    const steps = at - before;
    mask = steps > 3 ? 0 : mask << (steps - 1);
    return at;
  };
}

function distanceOf(target: number, next: number, mask: number): number {
  let from = target;
  for (;;) {
    const distance = (from - next) >>> 0;
    const shift = 24 - (BYTES_BACK[mask] as number) * 8;
    if (mask === 0 || !isNear((distance >>> shift) & 0xff)) {
      const low = distance & 0x01ffffff;
      return (low | -(low & 0x01000000)) >>> 0;
    }
    from = (distance ^ (2 ** (shift + 8) - 1)) >>> 0;
  }
}
