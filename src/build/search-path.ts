// PATH, made of directories of ours and of what there was. A directory that PATH cannot hold is refused: its parts would
// be searched instead, and those may be anybody's.
import path from 'node:path';
import { Failure } from '../model/failure.ts';

/** @throws Failure INVALID_VALUE */
export function searchPath(dirs: readonly string[], inherited: string): string {
  const unfit = dirs.find((dir) => dir.includes(path.delimiter));
  if (unfit !== undefined) {
    const hint = 'Move the project to another directory, or name one with "bin_dir" or --cache-root';
    throw new Failure('INVALID_VALUE', `Cannot put "${unfit}" on PATH: "${path.delimiter}" separates directories`, {
      hint,
    });
  }
  // An empty part would be the working directory.
  return [...dirs, ...(inherited === '' ? [] : [inherited])].join(path.delimiter);
}
