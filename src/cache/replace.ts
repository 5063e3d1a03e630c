// One word put in the place of another in bytes of any length, a piece at a time. Knows nothing of encodings: every byte
// that is not of the word stays as it is.

/** Each piece of the answer is a copy: those that come in may be overwritten behind it. */
export async function* replaceBytes(
  chunks: AsyncIterable<Uint8Array>,
  from: string,
  to: string,
): AsyncGenerator<Buffer, void> {
  const [word, replacement] = [Buffer.from(from), Buffer.from(to)];
  let kept: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([kept, chunk]);
    const pieces: Buffer[] = [];
    let done = 0;
    for (let at = bytes.indexOf(word); at >= 0; at = bytes.indexOf(word, done)) {
      pieces.push(bytes.subarray(done, at), replacement);
      done = at + word.length;
    }
    // What is left may be the beginning of a word, as far as it is shorter than one.
    const end = Math.max(done, bytes.length - word.length + 1);
    kept = bytes.subarray(end);
    yield Buffer.concat([...pieces, bytes.subarray(done, end)]);
  }
  yield kept;
}
