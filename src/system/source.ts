// Reads the source text of a module, synchronously because the engine asks for it in the middle of linking, and only
// below one directory. Knows nothing of JavaScript.
import * as fs from 'node:fs';
import path from 'node:path';
import { isErrno } from './errno.ts';

/** No module that a person wrote is near this; a file that is, is not a module. */
const LARGEST_BYTES = 4 * 1024 * 1024;

export type Source = { text: string; refused?: undefined } | { text?: undefined; refused: string };

/** The text of a file below `rootDir`, or why it cannot be had. Links may not lead out. */
export function readSource(file: string, rootDir: string): Source {
  try {
    // Without O_NONBLOCK a pipe in the place of a file would stop this thread for ever.
    const descriptor = fs.openSync(file, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0));
    try {
      return readOpen(descriptor, file, rootDir);
    } finally {
      fs.closeSync(descriptor);
    }
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return { refused: 'it does not exist' };
    return { refused: `it cannot be read (${(error as NodeJS.ErrnoException).code ?? error})` };
  }
}

function readOpen(descriptor: number, file: string, rootDir: string): Source {
  const opened = fs.fstatSync(descriptor);
  if (!opened.isFile()) return { refused: 'it is not a file' };
  if (opened.size > LARGEST_BYTES) return { refused: `it is larger than ${LARGEST_BYTES / 1024 / 1024} MiB` };
  const real = fs.realpathSync.native(file);
  const found = fs.statSync(real);
  // The path is resolved after the file is open, and must lead to that very file: swapping a link in between loses.
  const isSame = found.ino === opened.ino && found.dev === opened.dev;
  if (!isSame || !isBelow(fs.realpathSync.native(rootDir), real)) return { refused: `it leads outside "${rootDir}"` };
  const text = fs.readFileSync(descriptor, 'utf8');
  // The engine ends a text there, and a reader does not: what is reviewed would not be what runs.
  return text.includes('\0') ? { refused: 'it contains a NUL character' } : { text };
}

/** By whole names: `/a/bc` is not below `/a/b`. */
export function isBelow(dir: string, file: string): boolean {
  const relative = path.relative(dir, file);
  return relative !== '' && relative.split(path.sep)[0] !== '..' && !path.isAbsolute(relative);
}
