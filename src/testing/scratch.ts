// A directory of real files for one test, gone afterwards.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Scratch {
  /** The absolute path of a relative one. */
  at(path: string): string;
  /** Makes files, each with its own path as its text. */
  write(...paths: string[]): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** `await using scratch = await createScratch('a/galley.js')` */
export async function createScratch(...paths: string[]): Promise<Scratch> {
  const dir = await mkdtemp(join(tmpdir(), 'galley-test-'));
  const at = (path: string) => join(dir, path);
  const write = async (...more: string[]) => {
    for (const path of more) {
      await mkdir(dirname(at(path)), { recursive: true });
      await writeFile(at(path), path);
    }
  };
  await write(...paths);
  return { at, write, [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
}
