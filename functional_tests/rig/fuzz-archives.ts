// A process of its own that unpacks damaged archives, and says before each which one it is: whoever started it sees where
// it hangs or dies. Usage: node fuzz-archives.ts <directory of archives> <seed> <first> <count>
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createUnpacker, unpackFile } from '../../src/archive/archive.ts';
import { findStrange } from '../../src/archive/testing/strange.ts';
import { isFailure } from '../../src/model/failure.ts';
import { createFiles } from '../../src/system/files.ts';
import { Chance } from './chance.ts';
import { type Archive, damage } from './damage.ts';

const [archivesDir = '', seed = '1', first = '0', count = '1'] = process.argv.slice(2);
const archives: Archive[] = readdirSync(archivesDir)
  .sort()
  .map((file) => ({ file: file.replace(/^\d+-/, ''), bytes: readFileSync(path.join(archivesDir, file)) }));
const dir = path.join(tmpdir(), `galley-fuzz-${process.pid}`);
const dest = path.join(dir, 'dest');
const files = createFiles();
/** So small that nothing takes long, and that they are met. */
const limits = { entries: 2_000, sizeBytes: 64 * 2 ** 20, harmlessBytes: 8 * 2 ** 20 };
const searched = process.env.PATH ?? '';

async function unpack({ file, bytes }: Archive, chance: Chance): Promise<string> {
  // Without programs on the PATH, xz and bzip2 are decoded here.
  process.env.PATH = chance.below(4) === 0 ? searched : '';
  const options = { files, limits, signal: new AbortController().signal, stripComponents: chance.below(3) };
  try {
    if (chance.below(2) === 0) {
      writeFileSync(path.join(dir, file), bytes);
      await unpackFile(path.join(dir, file), dest, options);
    } else {
      const unpacker = createUnpacker(file, dest, options);
      unpacker.on('error', () => {});
      const step = 1 + chance.below(2_000);
      const pieces = Array.from({ length: Math.ceil(bytes.length / step) }, (_, at) =>
        bytes.subarray(at * step, at * step + step),
      );
      await pipeline(Readable.from(pieces), unpacker).catch(() => {});
      await unpacker.done;
    }
    return 'unpacked';
  } catch (error) {
    if (isFailure(error)) return error.code;
    return `BUG ${error instanceof Error ? error.stack : String(error)}`;
  }
}

for (let index = Number(first); index < Number(first) + Number(count); index++) {
  const chance = new Chance(Number(seed) * 1_000_003 + index);
  const archive = damage(archives[chance.below(archives.length)] as Archive, archives, chance);
  console.log(JSON.stringify({ index, file: archive.file }));
  mkdirSync(dest, { recursive: true });
  const outcome = await unpack(archive, chance);
  const strange = findStrange(dest);
  const beside = readdirSync(dir).filter((name) => name !== 'dest' && name !== archive.file);
  console.log(JSON.stringify({ index, outcome, strange, beside, rssBytes: process.memoryUsage.rss() }));
  rmSync(dir, { recursive: true, force: true });
}
