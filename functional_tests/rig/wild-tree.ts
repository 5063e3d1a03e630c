// A tree with everything that programs which pack trees have trouble with, made at random: names of all kinds, sizes around
// those of blocks, modes, links, second names, holes, times.
import {
  chmodSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import type { Chance } from './chance.ts';

const STRANGE = [
  'ü',
  'é',
  'e\u0301',
  '漢字',
  '🚢',
  ' ',
  '  ',
  '-',
  '--help',
  '\n',
  '\t',
  '\u001b[1m',
  '\\',
  '..x',
  'x..',
  '.hidden',
  '~',
  '*',
  '?',
  '"',
  "'",
  '$HOME',
  '`',
  ';',
  '#',
  '%41',
  '\u202e',
  '\u00a0',
];
const SIZES = [0, 1, 10, 511, 512, 513, 1_023, 1_024, 4_096, 10_240, 65_535, 65_536, 70_000, 300_001];
const MODES = [0o644, 0o600, 0o755, 0o700, 0o444, 0o555, 0o711, 0o645, 0o4755, 0o2755, 0o1644, 0o664, 0o777, 0o400];
/** Seconds: before 1970, at its beginning, around 2038, after all that ustar can say. */
const TIMES = [-1_000_000_000, -1, 0, 1, 315_532_800, 1_700_000_000, 2_147_483_647, 2_147_483_648, 9_000_000_000];

export interface Wildness {
  entries: number;
  /** Short names of plain letters, and times that every format has. */
  isTame: boolean;
}

export function makeWildTree(root: string, { entries, isTame }: Wildness, chance: Chance): void {
  const pick = <T>(list: readonly T[]): T => list[chance.below(list.length)] as T;
  const letters = (length: number): string => Array.from({ length }, () => pick([...'abcdefghij'])).join('');
  const name = (index: number): string => {
    const own = `${letters(1 + chance.below(8))}${index}`;
    if (isTame) return own;
    const kind = chance.below(6);
    if (kind === 0) return `${pick(STRANGE)}${own}${pick(STRANGE)}`;
    if (kind === 1) return own.padEnd(80 + chance.below(176 - own.length), 'long');
    return own;
  };
  mkdirSync(path.join(root, 'fixed'), { recursive: true });
  // In every tree, as some programs take a link to its root for one that leads out.
  symlinkSync('.', path.join(root, 'self'));
  symlinkSync('../.', path.join(root, 'fixed/up'));
  const dirs = ['']; // Relative, with a slash at the end.
  const files: string[] = [];
  for (let index = 0; index < entries; index++) {
    const dir = pick(dirs);
    const at = `${dir}${name(index)}`;
    const depth = dir.split('/').length - 1;
    const kind = chance.below(20);
    // As deep as a path may be.
    if (kind < 3 && depth < 12 && Buffer.byteLength(at) < (isTame ? 60 : 2_000)) {
      mkdirSync(path.join(root, at), 0o755);
      dirs.push(`${at}/`);
    } else if (kind < 5) {
      const climb = '../'.repeat(chance.below(depth + 1));
      const target = pick([...files, 'nowhere', '.']).slice(0, 90);
      symlinkSync(`${climb}${target}`, path.join(root, at));
    } else if (kind < 6 && files.length > 0) linkSync(path.join(root, pick(files)), path.join(root, at));
    else {
      makeFile(path.join(root, at), pick(SIZES), chance);
      if (kind === 6) makeHoles(path.join(root, at), chance);
      chmodSync(path.join(root, at), pick(MODES));
      if (!isTame) utimesSync(path.join(root, at), pick(TIMES), pick(TIMES));
      files.push(at);
    }
  }
}

function makeFile(file: string, sizeBytes: number, chance: Chance): void {
  const noise = Buffer.from(Array.from({ length: Math.min(sizeBytes, 97) }, () => chance.below(256)));
  writeFileSync(file, noise.length === 0 ? '' : Buffer.alloc(sizeBytes, noise));
}

function makeHoles(file: string, chance: Chance): void {
  const fd = openSync(file, 'r+');
  const parts = 1 + chance.below(30);
  for (let part = 0; part < parts; part++) writeSync(fd, `part ${part}`, part * 20_480 + chance.below(8_000));
  closeSync(fd);
  truncateSync(file, parts * 20_480 + chance.below(50_000));
}
