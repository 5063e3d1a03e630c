// The record of what is done to files, in order. A test replays its beginnings to see what a crash may leave behind;
// in a normal run nobody listens.
import { plainPath } from './errno.ts';

/** One change of the file system that has succeeded. Paths are absolute. */
export type FileOperation =
  /** The file was created or got more bytes: what it holds now is lost in a crash until its `fsync`. */
  | { op: 'write'; path: string }
  | { op: 'fsync'; path: string }
  /** The names in the directory are now safe. */
  | { op: 'fsync-dir'; path: string }
  /** Everything on the file system of this path is now safe. */
  | { op: 'sync-fs'; path: string }
  | { op: 'mkdir'; path: string }
  | { op: 'rename'; from: string; path: string }
  /** Both names are there before and after. */
  | { op: 'exchange'; from: string; path: string }
  | { op: 'link'; from: string; path: string }
  | { op: 'symlink'; target: string; path: string }
  | { op: 'chmod'; mode: number; path: string }
  | { op: 'utimes'; path: string }
  | { op: 'unlink'; path: string }
  | { op: 'rmdir'; path: string };

/** Is called right after each operation, before anything that depends on it. */
export type Recorder = (operation: FileOperation) => void;

/** Turns paths through directory handles into real ones before the handle is closed; does nothing without listener. */
export function createLog(record: Recorder | undefined): Recorder {
  if (record === undefined) return () => {};
  return (operation) => {
    const plain = { ...operation, path: plainPath(operation.path) };
    if ('from' in plain) plain.from = plainPath(plain.from);
    record(plain);
  };
}
