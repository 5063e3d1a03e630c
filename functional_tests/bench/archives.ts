// Twenty archives of about 5 MB, and a server on this machine that has them.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { sha256OfBytes } from '../../src/system/digest.ts';

export interface Source {
  url: string;
  sha256: string;
}

export type Kind = keyof typeof PACK;

export const COUNT = 20;
/** Packed, each archive has about 5 MB; unpacked 18. */
const FILES = { count: 200, bytes: 92_000 };
const PACK = { 'tar.gz': 'gzip -1', 'tar.zst': 'zstd -q -1' };

/** Made in a directory that is not there yet, and served until it is disposed. */
export async function serveArchives(dir: string): Promise<{ sources(kind: Kind): Source[] } & AsyncDisposable> {
  const served = path.join(dir, 'served');
  await makeArchives(path.join(dir, 'tree'), served);
  const server = await serve(served);
  const sources = (kind: Kind): Source[] => {
    const names = readdirSync(served).filter((name) => name.endsWith(kind));
    return names.map((name) => {
      return { url: `${server.url}/${name}`, sha256: sha256OfBytes(readFileSync(path.join(served, name))) };
    });
  };
  return { sources, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

async function makeArchives(tree: string, served: string): Promise<void> {
  for (const made of [tree, served]) mkdirSync(made, { recursive: true });
  const content = text(FILES.count * FILES.bytes);
  for (let index = 0; index < FILES.count; index++)
    writeFileSync(path.join(tree, `file${index}`), content.subarray(index * FILES.bytes, (index + 1) * FILES.bytes));
  for (let index = 0; index < COUNT; index++) {
    // Each archive is one of its own.
    writeFileSync(path.join(tree, 'name'), `${index}`);
    const scripts = Object.entries(PACK).map(
      ([kind, pack]) => `tar -c -C ${tree} . | ${pack} > ${served}/${index}.${kind}`,
    );
    await Promise.all(scripts.map((script) => promisify(execFile)('sh', ['-c', script])));
  }
}

/** Bytes that pack to a third, as programs do: words, and repetitions of what was shortly before. The same everywhere. */
function text(sizeBytes: number): Buffer {
  let state = 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const bytes = Buffer.alloc(sizeBytes);
  for (let at = 0; at < sizeBytes; ) {
    at += bytes.write(`${random(2 ** 31).toString(36)} `, at, 'latin1');
    const from = Math.max(0, at - random(20_000) - 100);
    at += bytes.copy(bytes, at, from, from + random(60));
  }
  return bytes;
}

/** From a process of its own: ours is busy with waiting. */
async function serve(dir: string): Promise<{ url: string } & AsyncDisposable> {
  const server = spawn(process.execPath, [path.join(import.meta.dirname, 'serve.mjs'), dir]);
  const [port] = (await once(server.stdout, 'data')) as [Buffer];
  return { url: `http://127.0.0.1:${`${port}`.trim()}`, [Symbol.asyncDispose]: async () => void server.kill() };
}
