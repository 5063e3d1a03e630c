// The content of a repository on this machine: what a tree lists, and the bytes of its files exactly as they were
// committed. Nothing is checked out, so that no filter, attribute or line ending of this machine has a say.
import { Failure } from '../model/failure.ts';
import type { Git, GitCall } from './git-command.ts';

export interface TreeItem {
  mode: string;
  object: string;
  /** Relative to the listed tree. */
  path: string;
}

/** The path of every file, link and submodule below `tree`, sorted by its bytes. */
export async function* listItems(tree: string, git: Git, call: GitCall): AsyncGenerator<TreeItem> {
  for await (const line of records(git.stream(['ls-tree', '-r', '-z', '--full-tree', tree], call))) {
    const [, mode, object, name] = /^(\d{6}) \w+ ([0-9a-f]+)\t(.+)$/s.exec(line) ?? [];
    if (mode === undefined || object === undefined || name === undefined)
      throw broken(call, 'git ls-tree answers oddly');
    // Git writes what it could not read as UTF-8 as it is; the replacement character stands for that.
    if (name.includes('\ufffd')) throw broken(call, `the name of "${name}" is not UTF-8`);
    yield { mode, object, path: name };
  }
}

async function* records(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0, start)) {
      yield rest.toString('utf8', start, end);
      start = end + 1;
    }
    rest = rest.subarray(start);
  }
}

/** Reads objects one after the other, in the order in which they were asked for. */
export class BlobReader {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #call: GitCall;
  #rest: Buffer = Buffer.alloc(0);

  constructor(objects: readonly string[], git: Git, call: GitCall) {
    this.#call = call;
    const stdin = objects.map((object) => `${object}\n`).join('');
    this.#chunks = git.stream(['cat-file', '--batch', '--buffer'], { ...call, stdin })[Symbol.asyncIterator]();
  }

  /** The size of the next object; its content has to be read to the end before the one after it. */
  async next(): Promise<number> {
    let end = this.#rest.indexOf('\n');
    while (end < 0) {
      await this.#fill();
      end = this.#rest.indexOf('\n');
    }
    const line = this.#rest.toString('latin1', 0, end);
    this.#rest = this.#rest.subarray(end + 1);
    const [, size] = /^[0-9a-f]+ blob (\d+)$/.exec(line) ?? [];
    if (size === undefined) throw broken(this.#call, `the repository lacks an object (${line})`);
    return Number(size);
  }

  async *content(sizeBytes: number): AsyncGenerator<Buffer> {
    let left = sizeBytes;
    while (left > 0) {
      if (this.#rest.length === 0) await this.#fill();
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
    // A line break ends each object.
    if (this.#rest.length === 0) await this.#fill();
    this.#rest = this.#rest.subarray(1);
  }

  /** Of a link. */
  async target(sizeBytes: number): Promise<string> {
    const pieces: Buffer[] = [];
    for await (const piece of this.content(sizeBytes)) pieces.push(piece);
    const target = Buffer.concat(pieces).toString();
    if (target.includes('\ufffd')) throw broken(this.#call, `the target "${target}" of a link is not UTF-8`);
    return target;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chunks.return?.();
  }

  async #fill(): Promise<void> {
    const { value, done } = await this.#chunks.next();
    if (done) throw broken(this.#call, 'git cat-file ended too early');
    this.#rest = Buffer.concat([this.#rest, value]);
  }
}

function broken({ url }: GitCall, reason: string): Failure {
  return new Failure('FETCH_FAILED', `Cannot fetch "${url}": ${reason}`, { facts: { url } });
}
