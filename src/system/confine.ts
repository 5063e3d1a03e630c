// Keeping a path inside some directories at the moment it is opened. Paths are walked step by step through open
// directories and links are read by hand, so that a link swapped in between loses: the step that meets it fails.
// Comparing the beginnings of texts appears nowhere. Knows nothing of what is done to the file.
//
// Roots are real paths, made once by whoever owns them: a link in one is somebody who swapped it, and is refused.
import type { FileHandle } from 'node:fs/promises';
import { open, readlink } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../model/failure.ts';
import { type DirHandle, NO_FOLLOW, openDir, openSubdir, type Place, pathOf } from './directory.ts';
import type { Disk } from './disk.ts';
import { guard, isErrno, unlessExists } from './errno.ts';

/** As many links as Linux follows in one path. */
const MAX_LINKS = 40;

export interface WalkOptions {
  /** Follow a link in the last place, if it leads to a place inside. Default: true. */
  follow?: boolean;
  /** Makes missing directories on the way; without it a missing one is `IO_ERROR` with errno ENOENT. */
  create?: Pick<Disk, 'mkdir'> | undefined;
}

/**
 * Opens a file inside one of the roots; a link in the last place is followed when it stays inside.
 *
 * @param flags of open(2), from `constants` of node:fs
 * @throws Failure PATH_OUTSIDE when the path or a link on its way leads out
 */
export async function openInside(
  roots: readonly string[],
  file: string,
  flags: number,
  mode = 0o666,
): Promise<FileHandle> {
  return await withPlace(roots, file, {}, async (place) => {
    const target = pathOf(place);
    // A link here was put after the walk had looked: ELOOP, however often that is tried.
    return await guard('open', file, () => open(target, flags | NO_FOLLOW, mode));
  });
}

/** Opens a directory inside one of the roots, for work on the names in it. The caller closes it. */
export async function openDirInside(
  roots: readonly string[],
  dir: string,
  { create }: Pick<WalkOptions, 'create'> = {},
): Promise<DirHandle> {
  // The last name is a directory to pass through like those before it, so something stands behind it.
  return (await findInside(roots, `${dir}/_`, { follow: false, create })).dir;
}

/** Finds a place, works there, and lets go of its directory. */
export async function withPlace<T>(
  roots: readonly string[],
  file: string,
  options: WalkOptions,
  work: (place: Place) => Promise<T>,
): Promise<T> {
  const place = await findInside(roots, file, options);
  using _ = place.dir;
  return await work(place);
}

/** The open directory and the name that a path leads to. The caller closes the directory. */
async function findInside(roots: readonly string[], file: string, options: WalkOptions = {}): Promise<Place> {
  if (file.includes('\0')) throw outside(file, roots);
  const walk = new Walk(roots, file, options);
  try {
    return await walk.run();
  } catch (error) {
    walk.close();
    throw error;
  }
}

/**
 * One walk. The state is the stack of open directories from a root down, and the names still to go:
 *
 *   roots[i] ─ a ─ b        rest: ["..", "c", "file"]
 *              stack
 */
class Walk {
  readonly #roots: readonly string[];
  readonly #file: string;
  readonly #options: WalkOptions;
  #root = '';
  #stack: DirHandle[] = [];
  #rest: string[] = [];
  #links = 0;

  constructor(roots: readonly string[], file: string, options: WalkOptions) {
    this.#roots = roots;
    this.#file = file;
    this.#options = options;
  }

  async run(): Promise<Place> {
    this.#restart(this.#file);
    for (;;) {
      const name = this.#rest.shift();
      if (name === undefined) return this.#finish('.');
      if (name === '..') this.#up();
      else if (this.#rest.length > 0) await this.#down(name);
      else if (this.#options.follow === false || !(await this.#followed(name))) return this.#finish(name);
    }
  }

  close(): void {
    for (const dir of this.#stack.splice(0)) dir.close();
  }

  get #top(): DirHandle {
    return this.#stack.at(-1) as DirHandle;
  }

  /** Begins again at the root that holds an absolute path: for the path itself, and for absolute links. */
  #restart(file: string): void {
    const inside = findRoot(this.#roots, file) ?? findRoot(this.#roots, path.resolve(file));
    if (inside === undefined) throw outside(this.#file, this.#roots);
    this.close();
    [this.#root, this.#rest] = [inside.root, inside.rest];
    this.#stack.push(openRoot(inside.root));
  }

  #up(): void {
    if (this.#stack.length > 1) this.#stack.pop()?.close();
    // Above one root there may be another: `stage_dir/../tmp`.
    else this.#restart([path.dirname(this.#root), ...this.#rest].join('/'));
  }

  async #down(name: string): Promise<void> {
    const place = { dir: this.#top, name };
    try {
      this.#stack.push(openSubdir(place));
    } catch (error) {
      if (isErrno(error, 'ENOENT') && this.#options.create !== undefined) {
        await unlessExists(this.#options.create.mkdir(pathOf(place)));
        return void this.#rest.unshift(name);
      }
      // Linux says ENOTDIR for a link where a directory is asked for, other systems ELOOP.
      if (!isErrno(error, 'ENOTDIR', 'ELOOP') || !(await this.#followed(name))) throw error;
    }
  }

  /** True when the name is a link; the walk then goes on along its target. */
  async #followed(name: string): Promise<boolean> {
    const target = await readLinkAt({ dir: this.#top, name });
    if (target === undefined) return false;
    this.#links += 1;
    if (this.#links > MAX_LINKS) {
      throw new Failure('IO_ERROR', `Cannot open "${this.#file}": too many links`, { facts: { errno: 'ELOOP' } });
    }
    // Joined as text: to normalise `a/..` before a is known to be no link would change where it leads.
    if (path.isAbsolute(target)) this.#restart([target, ...this.#rest].join('/'));
    else this.#rest.unshift(...namesOf(target));
    return true;
  }

  #finish(name: string): Place {
    const dir = this.#stack.pop() as DirHandle;
    this.close();
    return { dir, name };
  }
}

/** The innermost root that holds the path, by whole names, and the names below it. */
export function findRoot(roots: readonly string[], file: string): { root: string; rest: string[] } | undefined {
  let best: { root: string; rest: string[] } | undefined;
  for (const root of roots) {
    const rest = namesBelow(root, file);
    if (rest !== undefined && (best === undefined || rest.length < best.rest.length)) best = { root, rest };
  }
  return best;
}

/** The names that lead from a directory to a path below it, or undefined when it is not below. */
function namesBelow(dir: string, file: string): string[] | undefined {
  const [above, names] = [namesOf(dir), namesOf(file)];
  const isBelow = above.every((name, index) => names[index] === name);
  return isBelow ? names.slice(above.length) : undefined;
}

function namesOf(file: string): string[] {
  return file.split(path.sep).filter((name) => name !== '' && name !== '.');
}

/** Opens a root, refusing links that have appeared in its path. */
function openRoot(root: string): DirHandle {
  let dir = openDir(path.parse(root).root);
  for (const name of namesOf(root)) {
    using above = dir;
    dir = openSubdir({ dir: above, name });
  }
  return dir;
}

async function readLinkAt(place: Place): Promise<string | undefined> {
  const link = pathOf(place);
  try {
    return await guard('look at', link, () => readlink(link));
  } catch (error) {
    // EINVAL: it is there and not a link.
    if (isErrno(error, 'EINVAL', 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

export function outside(file: string, roots: readonly string[]): Failure {
  return new Failure('PATH_OUTSIDE', `Cannot use "${file}": it leads outside the directories that are open to it`, {
    hint: `Use a path in ${roots.join(', ')}; links that lead out of them are not followed`,
    facts: { path: file, roots: [...roots] },
  });
}
