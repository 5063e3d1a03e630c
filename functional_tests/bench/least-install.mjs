// The least that node needs to install archives as Galley does: `node least-install.mjs <dir> <JSON of {url, sha256}[]>`.
// Fetched, checked, decoded, every file hashed and written, in two threads; nothing is refused, kept, locked or synced.
import { hash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';

const THREADS = 2;
const BLOCK = 512;
const DIRECTORY = '5'.charCodeAt(0);

const { thread, dir, sources } = isMainThread
  ? { thread: 0, dir: process.argv[2], sources: JSON.parse(process.argv[3]) }
  : workerData;
if (isMainThread)
  for (let other = 1; other < THREADS; other++)
    new Worker(new URL(import.meta.url), { workerData: { thread: other, dir, sources } });

const fetched = ({ url }) =>
  new Promise((resolve, reject) => void get(url, (answer) => resolve(buffer(answer))).once('error', reject));

function unpack(tar, destDir) {
  mkdirSync(destDir, { recursive: true });
  for (let at = 0; tar[at] !== 0; ) {
    const name = tar.latin1Slice(at, tar.indexOf(0, at));
    const size = Number.parseInt(tar.latin1Slice(at + 124, at + 135), 8);
    const isDirectory = tar[at + 156] === DIRECTORY;
    at += BLOCK;
    const content = tar.subarray(at, at + size);
    if (!isDirectory) {
      hash('sha256', content);
      writeFileSync(`${destDir}/${name}`, content);
    }
    at += Math.ceil(size / BLOCK) * BLOCK;
  }
}

for (let index = thread; index < sources.length; index += THREADS) {
  const archive = await fetched(sources[index]);
  if (hash('sha256', archive) !== sources[index].sha256) throw new Error(`${sources[index].url} is something else`);
  unpack(gunzipSync(archive, { chunkSize: 2 ** 20 }), `${dir}/${index}`);
}
