// Local files and trees as sources: which files belong to one, its digest, and its copy. Content alone counts: no times,
// no owners, and of the permissions only whether a file can be run, as two checkouts differ in the rest.
import path from 'node:path';
import type { Sha256 } from '../model/digest.ts';
import { Failure } from '../model/failure.ts';
import { covers, type Glob, parseGlobs } from '../model/glob.ts';
import { canonicalJson, type Json } from '../model/json.ts';
import type { Clock } from '../system/clock.ts';
import { sha256OfBytes, sha256OfFile } from '../system/digest.ts';
import type { Files } from '../system/files.ts';
import type { FileStat } from '../system/stat.ts';

export interface TreeFile {
  /** Relative, with `/`. Empty when the source is a single file. */
  path: string;
  /** Of the bytes, or of a link's target. */
  sha256: Sha256;
  mode: 0o644 | 0o755;
  /** Where a link points, as it is written. */
  link?: string;
}

export interface Tree {
  sha256: Sha256;
  /** Sorted by path. Directories without files are no part of it. */
  files: TreeFile[];
  /** Absolute real paths of all that was looked at: files, and the directories they were found in. */
  looked: string[];
}

/** Digests by absolute path, as plain JSON that outlives the run; grows and ages in place. */
export type DigestMemo = Record<string, { sizeBytes: number; ctimeMs: number; inode: number; sha256: Sha256 }>;

export interface TreeSelection {
  /** Patterns of relative paths; a directory stands for everything in it. Absent: everything. */
  include?: readonly string[] | undefined;
  exclude?: readonly string[] | undefined;
  /** Absolute paths that are never part of a source: what is built would be its own input. */
  ignored: readonly string[];
}

/** The same, once its patterns were read. */
interface Wanted {
  include: readonly Glob[] | undefined;
  exclude: readonly Glob[];
  ignored: readonly string[];
}

export interface TreeTools {
  files: Files;
  clock: Clock;
  memo: DigestMemo;
  signal: AbortSignal;
}

/** Version control and our own state change with every run. */
const NEVER = new Set(['.git', '.galley']);
/** Within one tick of the file system's clock a file can change twice and look the same. */
const TOO_FRESH_MS = 2000;

/** @throws Failure SOURCE_NOT_FOUND when there is nothing at the path, INVALID_VALUE when a pattern is none */
export async function digestTree(root: string, selection: TreeSelection, tools: TreeTools): Promise<Tree> {
  const { include, exclude = [], ignored } = selection;
  const wanted = { include: include && parseGlobs(include), exclude: parseGlobs(exclude), ignored };
  // A link in the place of the source itself is followed: the author named it. Links inside are part of the tree.
  const target = (await tools.files.exists(root)) ? await tools.files.realPath(root) : undefined;
  if (target === undefined) {
    throw new Failure('SOURCE_NOT_FOUND', `Cannot read the source "${root}": it does not exist`, {
      facts: { path: root },
    });
  }
  const files: TreeFile[] = [];
  const looked: string[] = [];
  for await (const { relative, stat } of walk(target, '', wanted, tools.files)) {
    looked.push(path.join(target, relative));
    if (stat.kind === 'dir') continue;
    files.push(await describe(path.join(target, relative), relative, stat, tools));
  }
  const [only] = files;
  const isFile = only !== undefined && only.path === '';
  return { sha256: isFile ? only.sha256 : sha256OfBytes(canonicalJson(files as unknown as Json)), files, looked };
}

/** Copies what `digestTree` listed, to a path that does not exist, and makes sure that it is what was listed. */
export async function copyTree(
  root: string,
  tree: Tree,
  to: string,
  { files, signal }: Pick<TreeTools, 'files' | 'signal'>,
): Promise<void> {
  const source = await files.realPath(root);
  if (tree.files.length === 0) await files.ensureDir(to);
  for (const { path: relative, sha256, mode, link } of tree.files) {
    const target = path.join(to, relative);
    await files.ensureDir(path.dirname(target));
    if (link !== undefined) await files.symlink(link, target);
    else {
      await files.copyFile(path.join(source, relative), target, signal);
      await files.chmod(target, mode);
      // The key was made of this digest, so a file that is saved just now must not slip in under it.
      if ((await sha256OfFile(target, signal)) !== sha256) throw changed(path.join(source, relative));
    }
  }
}

/** Directories before what is in them, and of the rest what is wanted. */
async function* walk(
  root: string,
  relative: string,
  wanted: Wanted,
  files: Files,
): AsyncGenerator<{ relative: string; stat: FileStat }> {
  const absolute = path.join(root, relative);
  const stat = await files.stat(absolute);
  if (stat.kind === 'dir') {
    yield { relative, stat };
    for (const name of await files.listAll(absolute)) {
      const child = relative === '' ? name : `${relative}/${name}`;
      if (!isLeftOut(child, path.join(root, child), wanted)) yield* walk(root, child, wanted, files);
    }
    return;
  }
  // Sockets and devices hold nothing that a build could take: servers leave them in the projects they run in.
  if (stat.kind !== 'other' && isWanted(relative, wanted.include)) yield { relative, stat };
}

function isLeftOut(relative: string, absolute: string, { exclude, ignored }: Wanted): boolean {
  if (NEVER.has(path.basename(relative)) || ignored.includes(absolute)) return true;
  return covers(exclude, relative.split('/'));
}

/** A single file was named already. */
function isWanted(relative: string, include: Wanted['include']): boolean {
  return include === undefined || relative === '' || covers(include, relative.split('/'));
}

async function describe(absolute: string, relative: string, stat: FileStat, tools: TreeTools): Promise<TreeFile> {
  if (stat.kind === 'link') {
    const link = await tools.files.readLink(absolute);
    return { path: relative, sha256: sha256OfBytes(link), mode: 0o644, link };
  }
  return { path: relative, sha256: await digestOf(absolute, stat, tools), mode: stat.mode & 0o100 ? 0o755 : 0o644 };
}

/** The time of the last change (ctime) cannot be set back by programs, as the time of modification can. */
async function digestOf(file: string, stat: FileStat, { clock, memo, signal }: TreeTools): Promise<Sha256> {
  const { sizeBytes, ctimeMs, inode } = stat;
  const known = memo[file];
  if (known?.sizeBytes === sizeBytes && known.ctimeMs === ctimeMs && known.inode === inode) return known.sha256;
  const sha256 = await sha256OfFile(file, signal);
  if (ctimeMs < clock.now() - TOO_FRESH_MS) memo[file] = { sizeBytes, ctimeMs, inode, sha256 };
  else delete memo[file];
  return sha256;
}

function changed(file: string): Failure {
  return new Failure('DIGEST_MISMATCH', `Cannot use "${file}": it changed while galley was at work`, {
    hint: 'Run galley again when nothing writes to the source',
    facts: { path: file },
  });
}
