// The saved resolution: what the last complete sync of a checkout looked at and what it left. When none of that has
// changed, another sync has nothing to do, and can tell so without evaluating a recipe. It is a memo: deleting it
// costs one full run.
//
// Imports nothing but file stamps and a word, as the no-op run pays for every module.
import { MACHINE } from '../system/machine.ts';
import { findLinkSync, findStamp, findTextSync } from '../system/stamp.ts';

/** Raised when the meaning of a field changes; an older memo is ignored. */
export const SAVED_SCHEMA = 3;

/** Of a project, relative to its manifest. */
export const SAVED_FILE = '.galley/resolution.json';

/** How the sync was called; another call may mean something else. */
export interface Invocation {
  argv: readonly string[];
  /** Flags may hold relative paths. */
  cwd: string;
}

/** Variables that are settings of galley, as an extended regular expression: a shell asks for them, too. */
export const SETTINGS = 'CI|HOME|XDG_[A-Z]+_HOME|GALLEY_[^=]*';

/** What the shell hook sets is no setting. */
export const HOOK_VARIABLE = 'GALLEY_PROJECT_ROOT';

export interface SavedResolution {
  schema: typeof SAVED_SCHEMA;
  /** Of galley. */
  version: string;
  /** A checkout may be seen by several, and each has assets of its own. */
  machine: string;
  invocation: Invocation;
  /** Variables that settings or keys depend on; null when unset. */
  env: Record<string, string | null>;
  /** Path → stamp of all that was read: manifest, recipes, sources, directories of trees, configuration, lock file. */
  stamps: Record<string, string>;
  /** Paths that would have been read instead if they had been there. */
  absent: string[];
  /** Path → stamp of every marker and asset root. */
  assets: Record<string, string>;
  /** Launcher → where its link leads; those that are scripts are among the stamps. */
  links: Record<string, string>;
  /** By which the cache knows what this project wants kept; absent where that could not be written. */
  lease?: string;
  /** What to write for a person when nothing has changed, with its line break; empty for one who wants it quiet. */
  summary: string;
}

/** The memo of a checkout, if everything it names is as it was. */
export function findCurrent(
  file: string,
  now: { version: string; invocation: Invocation; env: Readonly<Record<string, string | undefined>> },
): SavedResolution | undefined {
  const saved = parse(findTextSync(file));
  if (saved?.schema !== SAVED_SCHEMA || saved.version !== now.version || saved.machine !== MACHINE) return undefined;
  const { argv, cwd } = now.invocation;
  if (saved.invocation.cwd !== cwd || saved.invocation.argv.join('\0') !== argv.join('\0')) return undefined;
  const isSame =
    Object.entries(saved.env).every(([name, value]) => (now.env[name] ?? null) === value) &&
    Object.keys(now.env).every((name) => !isSetting(name) || Object.hasOwn(saved.env, name)) &&
    saved.absent.every((path) => findStamp(path) === undefined) &&
    areStamped(saved.stamps) &&
    areStamped(saved.assets) &&
    (saved.lease === undefined || findStamp(saved.lease) !== undefined) &&
    Object.entries(saved.links).every(([path, target]) => findLinkSync(path) === target);
  return isSame ? saved : undefined;
}

const SETTING = new RegExp(`^(${SETTINGS})$`);

/** One that appears may change anything. */
export function isSetting(name: string): boolean {
  return name !== HOOK_VARIABLE && SETTING.test(name);
}

function areStamped(stamps: Readonly<Record<string, string>>): boolean {
  return Object.entries(stamps).every(([path, stamp]) => findStamp(path) === stamp);
}

function parse(text: string | undefined): SavedResolution | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as SavedResolution);
  } catch {
    return undefined;
  }
}
