// The outputs of a manifest: which product goes where, under which name.
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { OutputWish } from '../model/output.ts';
import { PLATFORM_PATTERNS } from '../model/platform.ts';
import type { Cursor } from './cursor.ts';
import { fileName, named, PRODUCT_NAME } from './name.ts';
import { list, matching, oneOf, refine, type Shape, table } from './shape.ts';

const directory: Shape<string> = matching('a directory', (path) => (path && !path.includes('\0') ? path : undefined));

const outputWish: Shape<OutputWish> = refine(
  table({
    required: { product: named(PRODUCT_NAME), to: directory },
    optional: { name: fileName, platform: oneOf(PLATFORM_PATTERNS) },
    expected: 'a table { product, to }',
  }),
  ({ to, ...wish }, at) => {
    const { file } = at.origin;
    const dir = resolve(dirname(file), to);
    const [first] = relative(dirname(file), dir).split(sep);
    if (first === '.galley')
      return at.enter('to').refuse(`${at.enter('to').subject} is in .galley, which Galley looks after`);
    return { ...wish, dir, file, index: at.path.at(-1) as number };
  },
);

export const outputWishes: Shape<OutputWish[]> = refine(list(outputWish, 'a list of outputs'), (wishes, at) => {
  const taken = new Map<string, OutputWish[]>();
  for (const wish of wishes) {
    const path = pathOf(wish);
    const others = taken.get(path) ?? [];
    const first = others.find((other) => areForOne(other, wish));
    if (first) refuseClash(wish, first, at);
    taken.set(path, [...others, wish]);
  }
  return wishes;
});

function pathOf({ dir, name, product }: OutputWish): string {
  return join(dir, name ?? product);
}

/** `linux` and `linux-arm64` have a platform in common, and who names none is for all. */
function areForOne({ platform: one }: OutputWish, { platform: other }: OutputWish): boolean {
  if (one === undefined || other === undefined || one === other) return true;
  return one.startsWith(`${other}-`) || other.startsWith(`${one}-`);
}

function refuseClash(wish: OutputWish, first: OutputWish, at: Cursor): void {
  const [one, other] = [first, wish].map(({ index, product }) => `outputs[${index}] ("${product}")`);
  at.enter(wish.index).refuse(`${one} and ${other} have one place: "${pathOf(wish)}"`);
}
