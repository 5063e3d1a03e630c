// Which programs of this machine run from a directory, or have a file of it open, whoever started them. Only Linux tells,
// and only of the processes that we may look at: our own, or all for root. A script is run by its interpreter, which most
// often has closed it after reading: it is known by the words of the command line.
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import path from 'node:path';

export interface RunningProgram {
  pid: number;
  /** Its command line. */
  command: string;
}

/**
 * Programs that have something below a directory open, mapped, as their working directory, as their own file, or among
 * the words that they were started with, also through links.
 *
 * @returns absolute path → a program that has it
 */
export function findRunning(dir: string): Map<string, RunningProgram> {
  const found = new Map<string, RunningProgram>();
  for (const pid of numbersIn('/proc')) {
    if (pid === process.pid) continue;
    const words = textOf(`/proc/${pid}/cmdline`).split('\0');
    const files = [...filesOf(pid), ...pathsAmong(words, pid)].filter((file) => file.startsWith(`${dir}/`));
    if (files.length === 0) continue;
    const program = { pid, command: words.join(' ').trim() };
    for (const file of files) found.set(file, program);
  }
  return found;
}

function filesOf(pid: number): string[] {
  const proc = `/proc/${pid}`;
  const links = ['exe', 'cwd', ...numbersIn(`${proc}/fd`).map((fd) => `fd/${fd}`)];
  // proc(5): the path is the last of six columns.
  const mapped = textOf(`${proc}/maps`).matchAll(/^(?:\S+\s+){5}(\/.*)$/gm);
  return [...links.map((link) => linkOf(`${proc}/${link}`)), ...[...mapped].map(([, file = '']) => file)];
}

/** Those that lead to something. */
function pathsAmong(words: readonly string[], pid: number): string[] {
  const cwd = linkOf(`/proc/${pid}/cwd`);
  const paths = words.filter((word) => word.includes('/') && (cwd !== '' || path.isAbsolute(word)));
  return paths.map((word) => ifReadable(() => realpathSync.native(path.resolve(cwd, word)), ''));
}

/** Processes come and go, and most are not ours to look at. */
function numbersIn(dir: string): number[] {
  return ifReadable(() => readdirSync(dir), []).flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

const textOf = (file: string): string => ifReadable(() => readFileSync(file, 'utf8'), '');
const linkOf = (file: string): string => ifReadable(() => readlinkSync(file), '');

function ifReadable<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
