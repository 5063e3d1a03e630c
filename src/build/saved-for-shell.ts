// The saved resolution once more, for a shell: runtime/launchers/unchanged prints what there is to see of all that the
// resolution depends on, by find(1) and grep(1), and compares it with what that was when all was done. So a sync with
// nothing to do need not start Node. It is as demanding as `findCurrent`; what cannot be told so is left to that one.
//
//   .galley/unchanged          what the commands print as long as nothing has changed
//   .galley/unchanged.paths    what find(1) looks at, each path with a NUL
import path from 'node:path';
import { findLinkSync, findStamp, findTextSync } from '../system/stamp.ts';
import type { Project } from './project.ts';
import { HOOK_VARIABLE, isSetting, type SavedResolution } from './saved.ts';

/** What find(1) is asked about one path, and what it shows: nothing for one that has to stay away. */
interface Look {
  path: string;
  shows: string;
}

/**
 * Before a path of which find(1) shows nothing but that it is there: a directory, or a file that was touched within a
 * day. It leads to the same place, and no path of ours begins with it otherwise.
 */
const MARK = '/.';

/**
 * What starts programs, in each architecture and libc that node is built for. Those that are not here must stay away:
 * where there is another one, a machine or a container of another kind sees this checkout and this cache.
 */
const LOADERS = [
  '/lib64/ld-linux-x86-64.so.2',
  '/lib/ld-linux-aarch64.so.1',
  '/lib/ld-musl-x86_64.so.1',
  '/lib/ld-musl-aarch64.so.1',
];

/** Of the kernel, before 6.1 none. */
const ARCHITECTURE_FILE = '/proc/sys/kernel/arch';

/** The shell takes no more names of variables. */
const PATTERN_LENGTH = 4000;

/** The shell sets it, so that one variable is always found. */
const HOOK_WORD = `${HOOK_VARIABLE}=.`;

/** @param savedFile where the resolution itself has been saved: without it, this does not count */
export async function saveForShell({ manifest, stateDir, world }: Project, saved: SavedResolution, savedFile: string) {
  const { files, platform } = world;
  // Elsewhere no /proc shows an environment.
  if (platform.os !== 'linux') return;
  const header = formatHeader(saved);
  const looks = [lookAt(savedFile), ...looksOf(saved, manifest.rootDir)];
  const pathsFile = path.join(stateDir, 'unchanged.paths');
  if (header === undefined || !looks.every((look) => look !== undefined)) return;
  const paths = [pathsFile, ...looks.map((look) => look.path)].map((file) => `${file}\0`).join('');
  await files.writeIfChanged(pathsFile, paths, { durable: false });
  // The list is on the list: that of another run does not count.
  const shown = [lookAt(pathsFile), ...looks].map((look) => look?.shows).join('');
  await files.writeIfChanged(path.join(stateDir, 'unchanged'), `${header}${shown}`, { durable: false });
}

/** All but the files: the answer, how galley was called, and the variables that count. */
function formatHeader({ summary, version, invocation: { argv, cwd }, env }: SavedResolution): string | undefined {
  const names = Object.keys(env);
  // One that is named need not be the one beside the launcher.
  if (argv.includes('--manifest') || Object.hasOwn(env, 'GALLEY_MANIFEST')) return undefined;
  if ([cwd, ...argv].some((word) => word.includes('\n'))) return undefined;
  if (names.includes(HOOK_VARIABLE) || !names.every((name) => /^[A-Z_a-z][A-Z_a-z0-9]*$/.test(name))) return undefined;
  // The rest of a pattern for grep(1): settings are in it anyway.
  const pattern = names.map((name) => (isSetting(name) ? '' : `|${name}`)).join('');
  if (pattern.length > PATTERN_LENGTH) return undefined;
  const lines = [summary.trimEnd(), pattern, version, findTextSync(ARCHITECTURE_FILE)?.trimEnd() ?? '', cwd];
  const words = Object.entries(env).flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`]));
  const sorted = [...words, HOOK_WORD]
    .map((word) => Buffer.from(word))
    .sort(Buffer.compare)
    .map(String);
  return `${lines.join('\n')}\n${[...argv, '', ...sorted].map((word) => `${word}\0`).join('')}`;
}

/** Undefined stands for what has changed by now. */
function looksOf(saved: SavedResolution, rootDir: string): (Look | undefined)[] {
  const looks = [...Object.entries(saved.stamps), ...Object.entries(saved.assets)].map(([file, stamp]) =>
    formatLook(file, stamp),
  );
  for (const [file, target] of Object.entries(saved.links)) {
    const look = lookAt(file);
    looks.push(findLinkSync(file) === target ? look : undefined);
  }
  const foreign = LOADERS.filter((file) => findStamp(file) === undefined);
  const absent = [...saved.absent, ...shadowsOf(saved.invocation.cwd, rootDir), ...foreign].map(findGap);
  const marked = new Set([...absent.map(({ inside }) => `${inside}/.`), ...(saved.lease ? [saved.lease] : [])]);
  for (const file of marked) looks.push({ path: `${MARK}${file}`, shows: `${MARK}${file}\0` });
  for (const { gone } of absent) looks.push({ path: gone, shows: '' });
  return looks;
}

/** Manifests that would be found before the one in this directory, and roots of repositories that would end the search. */
function shadowsOf(cwd: string, rootDir: string): string[] {
  const shadows: string[] = [];
  for (let dir = cwd; dir !== rootDir && dir !== '/'; dir = path.dirname(dir))
    shadows.push(path.join(dir, 'galley.js'), path.join(dir, '.git'));
  return shadows;
}

/**
 * What must not appear so that a path stays absent, and the directory where it would: as long as that one can be looked
 * into, find(1) shows nothing for the reason that nothing is there.
 */
function findGap(file: string): { gone: string; inside: string } {
  let gone = file;
  while (gone !== '/' && findStamp(path.dirname(gone)) === undefined) gone = path.dirname(gone);
  return { gone, inside: path.dirname(gone) };
}

function lookAt(file: string): Look | undefined {
  const stamp = findStamp(file);
  return stamp === undefined ? undefined : formatLook(file, stamp);
}

/** By the bits of a mode that are no permissions, inode(7). */
const TYPES = new Map([
  [0o100000, 'f'],
  [0o040000, 'd'],
  [0o120000, 'l'],
]);

/** A stamp as find(1) shows it; undefined for what was gone by the time it was asked for, or is no such thing. */
function formatLook(file: string, stamp: string): Look | undefined {
  const [inode, mode, size, ...times] = stamp.split(':');
  const type = TYPES.get(Number(mode) & 0o170000);
  if (type === undefined || file.startsWith(`${MARK}/`)) return undefined;
  const permissions = (Number(mode) & 0o7777).toString(8);
  const shown = [inode, `${type}${permissions}`, size, ...times.map(formatTime)].join(' ');
  return { path: file, shows: `${file}\0${shown}\0` };
}

/** Seconds, and ten digits of nanoseconds: find(1) shows a zero more than there are. */
function formatTime(ns: string): string {
  return `${ns.slice(0, -9) || '0'}.${ns.slice(-9).padStart(9, '0')}0`;
}
