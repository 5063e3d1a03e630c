// Archives made in memory with whatever a hostile one may hold, a directory to unpack them in, and what came of it.
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Header, pack } from 'tar-stream';
import { createFiles } from '../../system/files.ts';
import { unpackFile } from '../archive.ts';
import type { UnpackOptions } from '../unpacking.ts';

export type Item = Partial<Omit<Header, 'type'>> & { name: string; content?: string; type?: string };

export async function tarOf(...items: Item[]): Promise<Buffer> {
  const packing = pack();
  for (const { content = '', ...header } of items) packing.entry(header as Header, content);
  packing.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of packing) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** A directory of a test, with the empty `dest` to unpack into. */
export interface Ground extends Disposable {
  dir: string;
  dest: string;
  options(change?: Partial<UnpackOptions>): UnpackOptions;
  unpack(archive: Buffer, change?: Partial<UnpackOptions> & { name?: string }): ReturnType<typeof unpackFile>;
}

export function createGround(): Ground {
  const files = createFiles();
  const dir = fs.mkdtempSync(path.join(tmpdir(), 'galley-archive-'));
  const dest = path.join(dir, 'dest');
  fs.mkdirSync(dest);
  const options = (change = {}) => ({ files, signal: new AbortController().signal, ...change });
  return {
    dir,
    dest,
    options,
    unpack(archive, { name = 'x.tar', ...change } = {}) {
      fs.writeFileSync(path.join(dir, name), archive);
      return unpackFile(path.join(dir, name), dest, options(change));
    },
    [Symbol.dispose]: () => fs.rmSync(dir, { recursive: true, force: true }),
  };
}

/** Everything in a tree, as text that can be compared. */
export function listing(root: string, dir = ''): string[] {
  return fs.readdirSync(path.join(root, dir)).flatMap((entry) => {
    const name = path.join(dir, entry);
    const file = path.join(root, name);
    const stat = fs.lstatSync(file);
    if (stat.isSymbolicLink()) return [`${name} -> ${fs.readlinkSync(file)}`];
    if (stat.isDirectory()) return [`${name}/`, ...listing(root, name)];
    return [`${name} ${stat.nlink} ${(stat.mode & 0o111).toString(8)} ${fs.readFileSync(file, 'latin1')}`];
  });
}
