// Local sources of a run: trees and files of the project, by digest. What has not changed since the last run is not read
// again; the memo of that belongs to the checkout and may be deleted.
import path from 'node:path';
import { copyTree, type DigestMemo, digestTree, type Tree, type TreeTools } from '../fetch/tree.ts';
import { isJsonObject, type Json } from '../model/json.ts';
import type { FetchItem } from '../model/verb.ts';
import type { Clock } from '../system/clock.ts';
import type { Files } from '../system/files.ts';

type Selection = Pick<FetchItem & { form: 'path' }, 'include' | 'exclude'>;

export class Trees {
  readonly #tools: TreeTools;
  readonly #memoFile: string;
  /** What galley itself writes: launchers and placed outputs. */
  readonly #ignored: readonly string[];
  /** One look per source and run: the key and the copy are of the same moment, or the copy fails. */
  readonly #seen = new Map<string, Promise<Tree>>();
  /** Absolute paths, as the recipes lead to them. */
  readonly #sources = new Set<string>();

  private constructor(tools: TreeTools, memoFile: string, ignored: readonly string[]) {
    this.#tools = tools;
    this.#memoFile = memoFile;
    this.#ignored = ignored;
  }

  static async open(
    { files, clock, signal }: { files: Files; clock: Clock; signal: AbortSignal },
    places: { stateDir: string; ignored: string[] },
  ): Promise<Trees> {
    const memoFile = path.join(places.stateDir, 'trees.json');
    return new Trees({ files, clock, signal, memo: parse(await files.findText(memoFile)) }, memoFile, places.ignored);
  }

  digest(source: string, { include, exclude }: Selection): Promise<Tree> {
    const id = JSON.stringify([source, include, exclude]);
    const tree = this.#seen.get(id) ?? digestTree(source, { include, exclude, ignored: this.#ignored }, this.#tools);
    this.#seen.set(id, tree);
    this.#sources.add(source);
    return tree;
  }

  /** Copies a source to a path that does not exist, and answers its digest. */
  async copy(source: string, to: string, selection: Selection): Promise<string> {
    const tree = await this.digest(source, selection);
    await copyTree(source, tree, to, this.#tools);
    return tree.sha256;
  }

  /** Absolute paths of the sources, which links may lead to. */
  get sources(): string[] {
    return [...this.#sources];
  }

  /** All that the digests of this run depend on: files, directories, and links that lead to sources. */
  async looked(): Promise<string[]> {
    // One that could not be read failed its package; there is nothing of it to remember.
    const trees = await Promise.allSettled(this.#seen.values());
    return [...this.#sources, ...trees.flatMap((tree) => (tree.status === 'fulfilled' ? tree.value.looked : []))];
  }

  /** Keeps what this run has used: what is gone from the sources is gone from the memo. */
  async save(): Promise<void> {
    if (this.#sources.size === 0) return;
    const { files, memo } = this.#tools;
    const used = new Set(await this.looked());
    const kept = Object.fromEntries(Object.entries(memo).filter(([file]) => used.has(file)));
    await files.ensureDir(path.dirname(this.#memoFile));
    await files.writeIfChanged(this.#memoFile, `${JSON.stringify(kept)}\n`);
  }
}

/** Whatever is not a memo of ours is an empty one. */
function parse(text: string | undefined): DigestMemo {
  try {
    const memo = JSON.parse(text ?? '{}') as Json;
    return isJsonObject(memo) ? (memo as unknown as DigestMemo) : {};
  } catch {
    return {};
  }
}
