// The few colours we use, by what they mean. Colour only ever repeats what the words say.
import picocolors from 'picocolors';

export type Paint = ReturnType<typeof createPaint>;

export function createPaint(colored: boolean) {
  const { bold, cyan, dim, green, red, yellow } = picocolors.createColors(colored);
  return { strong: bold, faint: dim, good: green, bad: red, warning: yellow, hint: cyan };
}
