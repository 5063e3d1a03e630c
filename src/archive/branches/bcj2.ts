// Puts a program for x86 together again that was taken apart before packing: its instructions, the targets of its calls,
// those of its jumps, and a range coder that tells which of them were taken out (LZMA SDK, Bcj2.c).

const HALF = 1024;
const [CALL, JUMP] = [0xe8, 0xe9];
/** Before a branch is rewritten, the last byte decides which of these the range coder looks at. */
const [JUMP_PROBABILITY, CONDITIONAL_PROBABILITY] = [256, 257];

/** Of a branch, behind its opcode. */
const TARGET_BYTES = 4;
/** What is handed on at once. */
const PIECE_BYTES = 256 * 1024;

/** Bytes that can be taken without waiting, as long as there are some. */
class Feed {
  readonly #source: AsyncIterator<Uint8Array>;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** Waits until there are so many. */
  async need(count: number): Promise<void> {
    while (this.left < count) {
      const { done, value } = await this.#source.next();
      if (done) throw new Error('Unexpected end of data');
      this.#bytes = Buffer.concat([this.#bytes.subarray(this.#at), value]);
      this.#at = 0;
    }
  }

  next(): number {
    return this.#bytes[this.#at++] as number;
  }

  uint32(): number {
    this.#at += TARGET_BYTES;
    return this.#bytes.readUInt32BE(this.#at - TARGET_BYTES);
  }
}

class RangeBits {
  readonly #feed: Feed;
  readonly #probs = new Uint16Array(258).fill(HALF);
  #range = 0xffffffff;
  #code = 0;

  constructor(feed: Feed) {
    this.#feed = feed;
  }

  async begin(): Promise<void> {
    await this.#feed.need(5);
    for (let count = 0; count < 5; count++) this.#code = ((this.#code << 8) | this.#feed.next()) >>> 0;
  }

  /** A promise only where something has to be waited for. */
  bit(index: number): boolean | Promise<boolean> {
    const prob = this.#probs[index] as number;
    const bound = (this.#range >>> 11) * prob;
    const bit = this.#code >= bound;
    if (bit) {
      this.#code -= bound;
      this.#range -= bound;
      this.#probs[index] = prob - (prob >> 5);
    } else {
      this.#range = bound;
      this.#probs[index] = prob + ((2048 - prob) >> 5);
    }
    if (this.#range >= 0x1000000) return bit;
    if (this.#feed.left > 0) return this.#shift(bit);
    return this.#feed.need(1).then(() => this.#shift(bit));
  }

  #shift(bit: boolean): boolean {
    this.#range = (this.#range << 8) >>> 0;
    this.#code = ((this.#code << 8) | this.#feed.next()) >>> 0;
    return bit;
  }
}

/** Four streams in the order in which 7z has them; so many bytes come out. */
export async function* undoBcj2(
  sources: readonly AsyncIterable<Uint8Array>[],
  sizeBytes: number,
): AsyncGenerator<Buffer, void> {
  const [main, calls, jumps, coder] = sources.map((source) => new Feed(source)) as [Feed, Feed, Feed, Feed];
  const bits = new RangeBits(coder);
  await bits.begin();
  let piece = Buffer.allocUnsafe(PIECE_BYTES);
  let filled = 0;
  let before = 0;
  for (let made = 0; made < sizeBytes; made++) {
    if (filled > PIECE_BYTES - 1 - TARGET_BYTES) {
      yield piece.subarray(0, filled);
      piece = Buffer.allocUnsafe(PIECE_BYTES);
      filled = 0;
    }
    if (main.left === 0) await main.need(1);
    const opcode = main.next();
    piece[filled++] = opcode;
    const isBranch = looksLikeBranch(before, opcode);
    const index = probabilityOf(opcode, before);
    before = opcode;
    // Whether the last byte is one is not told.
    if (!isBranch || made === sizeBytes - 1) continue;
    const isTakenOut = bits.bit(index);
    if (isTakenOut === false || (isTakenOut !== true && !(await isTakenOut))) continue;
    const targets = opcode === CALL ? calls : jumps;
    if (targets.left < TARGET_BYTES) await targets.need(TARGET_BYTES);
    const target = targets.uint32();
    piece.writeUInt32LE((target - (made + 1 + TARGET_BYTES)) >>> 0, filled);
    before = piece[filled + 3] as number;
    const rest = Math.min(TARGET_BYTES, sizeBytes - 1 - made);
    filled += rest;
    made += rest;
  }
  yield piece.subarray(0, filled);
}

/** CALL, JMP and, after 0F, the jumps with a condition. */
function looksLikeBranch(before: number, byte: number): boolean {
  return (byte & 0xfe) === CALL || (before === 0x0f && (byte & 0xf0) === 0x80);
}

function probabilityOf(opcode: number, before: number): number {
  if (opcode === CALL) return before;
  return opcode === JUMP ? JUMP_PROBABILITY : CONDITIONAL_PROBABILITY;
}
