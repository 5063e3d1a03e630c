// The tree of one commit as one tar: fetched into a temporary repository, cut to a directory, with its submodules where
// they are wanted. The same commit is the same bytes on every machine and with every git.
import path from 'node:path';
import { Failure, isFailure } from '../model/failure.ts';
import { findNearest } from '../model/suggest.ts';
import type { Files } from '../system/files.ts';
import type { Git, GitCall } from './git-command.ts';
import { COMMIT_REFUSED } from './git-failure.ts';
import { BlobReader, listItems, type TreeItem } from './git-objects.ts';
import { findSubmodules } from './git-submodules.ts';
import { TAR_END, tarHeader, tarPadding } from './tarball.ts';

/** A tree to pack: of the source itself, or of a submodule in it. */
interface Wanted {
  repository: string;
  commit: string;
  subdir?: string;
  submodules: boolean;
  /** Where it lies in the whole, empty or with a `/` at its end. */
  prefix: string;
}

interface Packing {
  git: Git;
  files: Files;
  /** What every call of git needs to know. */
  about: Pick<GitCall, 'url' | 'login' | 'signal'>;
  /** Does the work with the address of a repository, or with one that stands in for it. */
  reach<T>(repository: string, work: (address: string) => Promise<T>): Promise<T>;
  onProgress(receivedBytes: number): void;
  /** A file holds what Git LFS has put in the place of another one, which no repository has. */
  onPointer(path: string): void;
  /** An empty directory of our own for one repository. */
  newDir(): Promise<string>;
  /** Counts what goes into the tar; refuses what would fill any disk or memory. */
  count(more: { entries?: number; sizeBytes?: number }): void;
}

export type PackOptions = Pick<Packing, 'git' | 'files' | 'about' | 'reach' | 'onProgress' | 'onPointer'> & {
  /** Does not exist yet, and is gone afterwards. */
  workDir: string;
};

export async function* packTree(
  wanted: Omit<Wanted, 'prefix'>,
  { workDir, ...options }: PackOptions,
): AsyncGenerator<Buffer> {
  const { files } = options;
  let repositories = 0;
  const newDir = async () => {
    const dir = path.join(workDir, `${repositories++}`);
    await files.ensureDir(dir);
    return dir;
  };
  try {
    yield* packRepository({ ...wanted, prefix: '' }, { ...options, newDir, count: createCount(options.about.url) });
    yield TAR_END;
  } finally {
    await files.removeTree(workDir);
  }
}

async function* packRepository(wanted: Wanted, packing: Packing): AsyncGenerator<Buffer> {
  const { git } = packing;
  const call = await fetchCommit(wanted, packing);
  const tree = await findTree(wanted, git, call);
  // Objects are asked for in the order in which they are written, so all names come first.
  const items: TreeItem[] = [];
  for await (const item of listItems(tree, git, call)) {
    packing.count({ entries: 1 });
    items.push(item);
  }
  const objects = items.filter(({ mode }) => mode !== SUBMODULE).map(({ object }) => object);
  const submodules = wanted.submodules ? await findSubmodules(wanted, items, git, call) : new Map<string, string>();
  await using blobs = new BlobReader(objects, git, call);
  for (const item of items) {
    const name = wanted.prefix + item.path;
    refuseGitDir(name, call);
    if (item.mode !== SUBMODULE) {
      yield* packBlob(name, item, blobs, packing);
      continue;
    }
    // As in a checkout: without its content a submodule is an empty directory.
    yield tarHeader({ path: name, kind: 'dir', sizeBytes: 0 });
    const repository = submodules.get(item.path);
    if (repository === undefined) continue;
    yield* packRepository({ repository, commit: item.object, submodules: true, prefix: `${name}/` }, packing);
  }
}

const SUBMODULE = '160000';
const LINK = '120000';
const EXECUTABLE = '100755';

async function* packBlob(name: string, item: TreeItem, blobs: BlobReader, packing: Packing): AsyncGenerator<Buffer> {
  const sizeBytes = await blobs.next();
  if (item.mode === LINK) {
    if (sizeBytes > MOST.linkBytes) throw tooLarge(packing.about.url);
    yield tarHeader({ path: name, kind: 'link', sizeBytes: 0, target: await blobs.target(sizeBytes) });
    return;
  }
  packing.count({ sizeBytes });
  yield tarHeader({ path: name, kind: 'file', sizeBytes, executable: item.mode === EXECUTABLE });
  let start = '';
  for await (const piece of blobs.content(sizeBytes)) {
    if (start.length < POINTER.length) start += piece.toString('latin1', 0, POINTER.length);
    yield piece;
  }
  yield tarPadding(sizeBytes);
  if (sizeBytes < MOST_POINTER_BYTES && start.startsWith(POINTER)) packing.onPointer(name);
}

/** https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
const POINTER = 'version https://git-lfs.github.com/spec/v1\n';
const MOST_POINTER_BYTES = 1024;

/** A repository of our own with the commit in it, without its history where the server can leave that out. */
async function fetchCommit({ repository, commit }: Wanted, packing: Packing): Promise<GitCall> {
  const { git, about, newDir, onProgress } = packing;
  const dir = await newDir();
  const format = commit.length === 64 ? 'sha256' : 'sha1';
  await git.text(['init', '--quiet', '--bare', '--template=', `--object-format=${format}`], { ...about, dir });
  const call: GitCall = { ...about, dir, inRepository: true };
  const receiving = { ...call, onComplaint: (text: string) => tellProgress(text, onProgress) };
  await packing.reach(repository, (address) => receiveCommit(address, commit, git, receiving));
  return call;
}

async function demandCommit(commit: string, git: Git, call: GitCall): Promise<void> {
  const kind = await git.text(['cat-file', '-t', commit], call).catch(() => 'nothing');
  if (kind.trim() === 'commit') return;
  throw new Failure('SOURCE_NOT_FOUND', `Cannot fetch "${call.url}": the repository has no commit ${commit}`, {
    hint: 'It may have been removed by a forced push; ask whoever owns the repository',
  });
}

async function receiveCommit(address: string, commit: string, git: Git, call: GitCall): Promise<void> {
  const receive = (...words: string[]) =>
    git.text(['fetch', '--progress', '--no-tags', '--no-write-fetch-head', ...words], call);
  try {
    await receive('--depth=1', '--', address, commit);
  } catch (error) {
    if (!isFailure(error, 'FETCH_FAILED') || error.facts.reason !== COMMIT_REFUSED) throw error;
    // Such a server hands out only what a name leads to: then all of it is fetched, and the commit is in it or nowhere.
    await receive('--', address, '+refs/*:refs/all/*');
  }
  await demandCommit(commit, git, call);
}

/** `Receiving objects:  45% (45/100), 1.20 MiB | …` */
function tellProgress(text: string, onProgress: Packing['onProgress']): void {
  const told = [...text.matchAll(/Receiving objects:[^\r\n]*?, ([\d.]+) (bytes|KiB|MiB|GiB)/g)].at(-1);
  if (told === undefined) return;
  const exponent = ['bytes', 'KiB', 'MiB', 'GiB'].indexOf(`${told[2]}`);
  onProgress(Math.round(Number(told[1]) * 1024 ** exponent));
}

async function findTree({ commit, subdir }: Wanted, git: Git, call: GitCall): Promise<string> {
  if (subdir === undefined) return commit;
  const tree = `${commit}:${subdir}`;
  const kind = await git.text(['cat-file', '-t', tree], call).catch(() => 'nothing');
  if (kind.trim() === 'tree') return tree;
  const listed = await git.text(['ls-tree', '-r', '-d', '-z', '--name-only', '--full-tree', commit], call);
  const nearest = findNearest(subdir, listed.split('\0').filter(Boolean));
  throw new Failure('SOURCE_NOT_FOUND', `Cannot fetch "${call.url}": the commit has no directory "${subdir}"`, {
    ...(nearest !== undefined && { hint: `Did you mean "${nearest}"?` }),
  });
}

/** Git would not check it out either: tools that run in the tree would take it for a repository, and run its hooks. */
function refuseGitDir(name: string, { url }: GitCall): void {
  if (!name.toLowerCase().split('/').includes('.git')) return;
  throw new Failure('ARCHIVE_UNSAFE', `Cannot fetch "${url}": its tree holds "${name}"`);
}

/** Far above every repository we know; no system has longer links. A few small objects can name one another many times. */
const MOST = { entries: 1_000_000, sizeBytes: 100 * 2 ** 30, linkBytes: 64 * 1024 };

function createCount(url: string): Packing['count'] {
  let [counted, countedBytes] = [0, 0];
  return ({ entries = 0, sizeBytes = 0 }) => {
    counted += entries;
    countedBytes += sizeBytes;
    if (counted > MOST.entries || countedBytes > MOST.sizeBytes) throw tooLarge(url);
  };
}

function tooLarge(url: string): Failure {
  return new Failure('ARCHIVE_UNSAFE', `Cannot fetch "${url}": its tree is larger than any honest one`);
}
