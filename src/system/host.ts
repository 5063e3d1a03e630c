// The machine we run on: what it is, and which of its processes are alive. Knows nothing of the environment variables;
// they are handed in.
import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Platform } from '../model/platform.ts';

const SYSTEMS: Partial<Record<NodeJS.Platform, Platform['os']>> = {
  linux: 'linux',
  darwin: 'darwin',
  win32: 'windows',
};
const MACHINES: Partial<Record<NodeJS.Architecture, Platform['arch']>> = { x64: 'x86_64', arm64: 'arm64' };

/** Undefined on a system that galley does not support. */
export function findPlatform(): Platform | undefined {
  const [system, arch] = [SYSTEMS[process.platform], MACHINES[process.arch]];
  return system === undefined || arch === undefined ? undefined : { os: system, arch };
}

/** What programs that are built elsewhere have to fit to. */
export interface Machine extends Platform {
  osVersion: string;
  /** Absent on macOS and Windows, and on a Linux whose C library is musl. */
  glibcVersion?: string;
}

export function findMachine(platform: Platform): Machine {
  // A report asks the network for its interfaces unless it is told not to.
  Object.assign(process.report, { excludeNetwork: true });
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  const glibcVersion = header?.glibcVersionRuntime;
  return { ...platform, osVersion: osVersion(), ...(glibcVersion !== undefined && { glibcVersion }) };
}

/** What is taken for granted of a machine that nobody can look at: systems that are still maintained have as much. */
export function typicalMachine(platform: Platform): Machine {
  if (platform.os === 'linux') return { ...platform, osVersion: '', glibcVersion: '2.28' };
  return { ...platform, osVersion: platform.os === 'darwin' ? '14.0' : '10.0' };
}

/** The release of the kernel, or of the product on macOS, where the kernel's number means nothing to people. */
export function osVersion(): string {
  if (process.platform !== 'darwin') return os.release();
  const properties = readOr('/System/Library/CoreServices/SystemVersion.plist', '');
  return /<key>ProductVersion<\/key>\s*<string>([^<]+)</.exec(properties)?.[1] ?? os.release();
}

/** Cores that this process may use: fewer than the machine has under a quota or an affinity mask. */
export function coreCount(): number {
  return os.availableParallelism();
}

/** The version of Node that we run on. */
export function nodeVersion(): string {
  return `${process.versions.node} (${process.execPath})`;
}

/** Where temporary files of this person go. */
export function tmpDir(): string {
  return os.tmpdir();
}

export function hostName(): string {
  return os.hostname();
}

/**
 * Names this start of this machine, and the process table that our process numbers count in: two containers on one
 * kernel have one boot id and two tables, and the same number is two processes. The number of a table is given again when
 * it is gone; the first process of the next one has started later.
 */
export function bootId(): string {
  if (process.platform === 'linux') {
    const first = fromProc(1)?.startTime ?? '';
    return `${readOr('/proc/sys/kernel/random/boot_id', '').trim()} ${linkOr('/proc/self/ns/pid', '')} ${first}`;
  }
  return process.platform === 'darwin' ? outputOf('sysctl', ['-n', 'kern.bootsessionuuid']) : '';
}

/** A process, its parent, and when it started: a number alone may have been given to somebody else since. */
export interface ProcessFacts {
  pid: number;
  parent: number;
  /** Only to be compared: the unit differs between systems. */
  startTime: string;
}

/** Undefined when there is no such process, or when it is dead and only waits to be collected by its parent. */
export function findProcess(pid: number): ProcessFacts | undefined {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

/** True when the process that started then is still there; stopped counts as alive. */
export function isAlive({ pid, startTime }: Pick<ProcessFacts, 'pid' | 'startTime'>): boolean {
  return findProcess(pid)?.startTime === startTime;
}

/** The process that started us, its parent, and so on. */
export function findAncestors(): ProcessFacts[] {
  const ancestors: ProcessFacts[] = [];
  let next = findProcess(process.ppid);
  // A hundred generations are more than any nesting; the bound is for numbers reused while we climb.
  while (next !== undefined && ancestors.length < 100) {
    ancestors.push(next);
    next = next.parent > 0 ? findProcess(next.parent) : undefined;
  }
  return ancestors;
}

/** Always absolute: what lies in the working directory may be anybody's. A number without a name has no home at all. */
export function homeDir({ HOME }: Readonly<Record<string, string | undefined>>): string {
  if (HOME !== undefined && path.isAbsolute(HOME)) return HOME;
  try {
    return os.userInfo().homedir;
  } catch {
    return path.sep;
  }
}

/** Where caches of programs belong on this system. */
export function userCacheDir(env: Readonly<Record<string, string | undefined>>): string {
  const home = homeDir(env);
  if (process.platform === 'darwin') return path.join(home, 'Library', 'Caches');
  if (process.platform === 'win32') return env.LOCALAPPDATA || path.join(home, 'AppData', 'Local');
  // The XDG base directory specification ignores relative paths.
  const xdg = env.XDG_CACHE_HOME;
  return xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(home, '.cache');
}

/** Where programs keep what they remember of a person's work, and what must outlive a cache. The same on every system. */
export function userStateDir(env: Readonly<Record<string, string | undefined>>): string {
  const xdg = env.XDG_STATE_HOME;
  return xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(homeDir(env), '.local', 'state');
}

/** proc(5): the second field is the command in brackets and may itself hold brackets and blanks. */
function fromProc(pid: number): ProcessFacts | undefined {
  const text = readOr(`/proc/${pid}/stat`, '');
  const [state, parent, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // Field 22 is the start in ticks since boot; three fields are in front of `rest`, and it counts from 1.
  const startTime = rest[22 - 5];
  if (startTime === undefined || state === 'Z' || state === 'X') return undefined;
  return { pid, parent: Number(parent), startTime };
}

function fromPs(pid: number): ProcessFacts | undefined {
  const [, state, parent, startTime] =
    /^(\S+)\s+(\d+)\s+(.+)$/.exec(outputOf('ps', ['-o', 'stat=,ppid=,lstart=', '-p', `${pid}`])) ?? [];
  if (startTime === undefined || state?.startsWith('Z')) return undefined;
  return { pid, parent: Number(parent), startTime };
}

function outputOf(program: string, args: string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
}

function linkOr(file: string, otherwise: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return otherwise;
  }
}
