// Names that no text can say. Linux takes any bytes for a name; those that are not UTF-8 become another name when they are
// read as text, and under that nothing is found. Here they are told from the others, by their bytes.
import { isUtf8 } from 'node:buffer';
import { readdirSync, readlinkSync, renameSync } from 'node:fs';
import { Failure } from '../model/failure.ts';
import type { DirHandle } from './directory.ts';
import type { Disk } from './disk.ts';
import { guardSync, plainPath, unlessMissing } from './errno.ts';
import { randomName } from './temporary.ts';

/** What a text has in the place of other bytes. A name may have it by itself, too. */
const IN_THEIR_PLACE = '\u{fffd}';

/** @throws Failure FILE_NAME_INVALID when these names of a directory are not what is in it */
export function refuseForeign(dir: string, names: readonly string[]): void {
  const [first] = foreignNames(dir, names);
  if (first !== undefined) throw invalid(`${plainPath(dir)}/${inBash(first)}`, 'its name', first);
}

/** Gives what has such a name another one, so that it can be removed like all else. True when something had one. */
export async function renameForeign(disk: Disk, dir: DirHandle, names: readonly string[]): Promise<boolean> {
  const foreign = foreignNames(dir.self, names);
  for (const name of foreign) {
    const [from, path] = [Buffer.concat([Buffer.from(`${dir.self}/`), name]), dir.path(randomName())];
    const shown = dir.path(inBash(name));
    // Somebody else may be removing the same.
    await unlessMissing(Promise.try(() => guardSync('rename', shown, () => renameSync(from, path))));
    disk.log({ op: 'rename', from: shown, path });
  }
  return foreign.length > 0;
}

/** What a link says. @throws Failure FILE_NAME_INVALID when that is no text */
export function readLinkText(link: string): string {
  const text = guardSync('read link', link, () => readlinkSync(link));
  if (!text.includes(IN_THEIR_PLACE)) return text;
  const bytes = guardSync('read link', link, () => readlinkSync(link, 'buffer'));
  if (isUtf8(bytes)) return text;
  throw invalid(plainPath(link), 'what it leads to', bytes);
}

function foreignNames(dir: string, names: readonly string[]): Buffer[] {
  // Hardly any directory is read twice.
  if (!names.some((name) => name.includes(IN_THEIR_PLACE))) return [];
  return guardSync('list', dir, () => readdirSync(dir, 'buffer')).filter((name) => !isUtf8(name));
}

function invalid(file: string, what: string, bytes: Buffer): Failure {
  return new Failure('FILE_NAME_INVALID', `Cannot use "${file}": ${what} is not UTF-8`, {
    hint: `Remove it, or make it with a name in UTF-8; in bash the present one is $'${inBash(bytes)}'`,
    facts: { path: file },
  });
}

/** As bash takes it between `$'` and `'`. */
function inBash(name: Buffer): string {
  return name
    .toString('latin1')
    .replace(/[^ -~]|['\\]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
