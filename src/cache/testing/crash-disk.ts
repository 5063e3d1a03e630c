// A disk that loses power: takes a log of file operations and makes the trees that a crash after any of them may leave.
//
// What is promised to survive: the content and mode of a file after its fsync, the names of a directory after its own.
// Everything else may be there or not, each on its own: contents lost, cut or whole; names old or new. A rename is one
// step, also between two directories, and safe with the directory of the new name.
import * as fs from 'node:fs';
import path from 'node:path';
import type { FileOperation } from '../../system/oplog.ts';

/** An operation with what the disk held right after it. */
export type Recorded = FileOperation & { inode?: number; mode?: number; content?: Buffer };

interface Node {
  /** The real number, which markers mention. */
  inode: number;
  kind: 'dir' | 'file' | 'link';
  mode: number;
  safeMode: number;
  content: Buffer;
  /** Undefined until it was ever synced. */
  safeContent?: Buffer;
  names: Map<string, Node>;
}

/** A change of names that is not safe before all directories it touches are synced. */
interface Change {
  unsynced: Set<Node>;
  apply(safe: Map<Node, Map<string, Node>>): void;
}

/** Decides what survives. */
export interface Fate {
  survives(): boolean;
  /** How much of lost content is there all the same, 0 to 1. */
  share(): number;
}

/** Collects operations, with the content of each moment. */
export function recordInto(log: Recorded[]): (operation: FileOperation) => void {
  return (operation) => {
    const stat = fs.lstatSync(operation.path, { throwIfNoEntry: false });
    const isFile = operation.op === 'write' && stat?.isFile();
    log.push({
      ...operation,
      ...(stat && { inode: stat.ino, mode: stat.mode & 0o777 }),
      ...(isFile && { content: fs.readFileSync(operation.path) }),
    });
  };
}

export class CrashDisk {
  readonly #rootDir: string;
  readonly #root = newNode('dir', 0, 0o755);
  #changes: Change[] = [];

  constructor(rootDir: string) {
    this.#rootDir = rootDir;
  }

  apply(operation: Recorded): void {
    const { op, path: file } = operation;
    if (op === 'mkdir') this.#add(file, newNode('dir', operation.inode, operation.mode));
    if (op === 'write') this.#write(operation);
    if (op === 'symlink') {
      this.#add(file, { ...newNode('link', operation.inode), content: Buffer.from(operation.target) });
    }
    if (op === 'chmod') this.#node(file).mode = operation.mode ?? 0;
    if (op === 'unlink' || op === 'rmdir') this.#rename(file, undefined);
    if (op === 'rename') this.#rename(operation.from, file);
    if (op === 'exchange') this.#exchange(operation.from, file);
    if (op === 'fsync' || op === 'fsync-dir') this.#sync([this.#node(file)]);
    if (op === 'sync-fs') this.#sync([...this.#all()]);
  }

  /** Writes what is left after a crash now. */
  materialise(dir: string, fate: Fate): void {
    const safe = new Map<Node, Map<string, Node>>();
    for (const node of this.#all()) safe.set(node, new Map(this.#safeNames.get(node)));
    for (const change of this.#changes) if (fate.survives()) change.apply(safe);
    this.#make(dir, this.#root, safe, fate);
  }

  /** The real inode number of what is at a path of the materialised tree, found through the same names. */
  readonly inodes = new Map<string, number>();

  /** Names that are on the disk for certain. */
  readonly #safeNames = new Map<Node, Map<string, Node>>([[this.#root, new Map()]]);

  #make(file: string, node: Node, safe: Map<Node, Map<string, Node>>, fate: Fate): void {
    this.inodes.set(file, node.inode);
    if (node.kind === 'link') return void fs.symlinkSync(String(node.content), file);
    const mode = fate.survives() ? node.mode : node.safeMode;
    if (node.kind === 'file') return void fs.writeFileSync(file, contentAfter(node, fate), { mode });
    fs.mkdirSync(file, { recursive: true });
    for (const [name, child] of safe.get(node) ?? []) this.#make(path.join(file, name), child, safe, fate);
    fs.chmodSync(file, mode);
  }

  #write({ path: file, inode, mode = 0, content = Buffer.alloc(0) }: Recorded): void {
    const existing = this.#find(file);
    if (existing) Object.assign(existing, { content, mode });
    else this.#add(file, { ...newNode('file', inode, mode), content });
  }

  #add(file: string, node: Node): void {
    this.#safeNames.set(node, new Map());
    const [dir, name] = this.#parent(file);
    dir.names.set(name, node);
    this.#changes.push({ unsynced: new Set([dir]), apply: (safe) => safe.get(dir)?.set(name, node) });
  }

  #rename(from: string, to: string | undefined): void {
    const node = this.#node(from);
    const [oldDir, oldName] = this.#parent(from);
    oldDir.names.delete(oldName);
    const target = to === undefined ? undefined : this.#parent(to);
    target?.[0].names.set(target[1], node);
    this.#changes.push({
      unsynced: new Set([target ? target[0] : oldDir]),
      apply: (safe) => {
        // A name that was never safe cannot be renamed, but the inode can be under the new name all the same.
        safe.get(oldDir)?.delete(oldName);
        if (target) safe.get(target[0])?.set(target[1], node);
      },
    });
  }

  #exchange(from: string, to: string): void {
    const nodes = [from, to].map((file) => this.#node(file)) as [Node, Node];
    const [one, other] = [from, to].map((file) => this.#parent(file)) as [[Node, string], [Node, string]];
    const apply = (namesOf: (dir: Node) => Map<string, Node> | undefined) => {
      namesOf(one[0])?.set(one[1], nodes[1]);
      namesOf(other[0])?.set(other[1], nodes[0]);
    };
    apply(({ names }) => names);
    this.#changes.push({ unsynced: new Set([one[0], other[0]]), apply: (safe) => apply((dir) => safe.get(dir)) });
  }

  #sync(nodes: Node[]): void {
    for (const node of nodes) {
      node.safeContent = node.content;
      node.safeMode = node.mode;
      for (const change of this.#changes) change.unsynced.delete(node);
    }
    for (const change of this.#changes) if (change.unsynced.size === 0) change.apply(this.#safeNames);
    this.#changes = this.#changes.filter(({ unsynced }) => unsynced.size > 0);
  }

  #all(): Set<Node> {
    return new Set(this.#safeNames.keys());
  }

  #parent(file: string): [Node, string] {
    return [this.#node(path.dirname(file)), path.basename(file)];
  }

  #node(file: string): Node {
    const node = this.#find(file);
    if (!node) throw new Error(`the log knows nothing of ${file}`);
    return node;
  }

  #find(file: string): Node | undefined {
    const names = path.relative(this.#rootDir, file).split(path.sep).filter(Boolean);
    return names.reduce<Node | undefined>((node, name) => node?.names.get(name), this.#root);
  }
}

/** Content that was not synced is there, or what was synced before, or the beginning of it. */
function contentAfter({ content, safeContent }: Node, fate: Fate): Buffer {
  if (safeContent === content || fate.survives()) return content;
  return safeContent ?? content.subarray(0, Math.floor(content.length * fate.share()));
}

function newNode(kind: Node['kind'], inode = 0, mode = 0): Node {
  return { inode, kind, mode, safeMode: kind === 'dir' ? 0o755 : 0o644, content: Buffer.alloc(0), names: new Map() };
}
