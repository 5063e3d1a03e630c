// What an LZMA stream says of itself before it begins: on what the probability of a bit depends.

/** How a literal depends on what is around it. */
export interface LzmaModel {
  literalContextBits: number;
  literalPositionBits: number;
  positionBits: number;
}

/** All three in one byte. */
export function parseModel(byte: number): LzmaModel {
  if (byte >= 9 * 5 * 5) throw new Error('A model that LZMA does not have');
  const rest = Math.floor(byte / 9);
  return { literalContextBits: byte % 9, literalPositionBits: rest % 5, positionBits: Math.floor(rest / 5) };
}
