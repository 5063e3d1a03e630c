// What answers "done" has to be there after a crash of the machine, whole; and whatever moment the crash comes at, what
// was there before or what was to be, and nothing between. Beside assets, which have a test of their own.
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rewriteLockFile } from '../build/lock/file.ts';
import type { Project } from '../build/project.ts';
import { openDownloads } from '../cache/downloads.ts';
import { createLayout } from '../cache/layout.ts';
import { CrashDisk, type Fate, type Recorded, recordInto } from '../cache/testing/crash-disk.ts';
import { createDirectoryStore } from '../fetch/directory-store.ts';
import { lockKey } from '../model/lock-file.ts';
import { carry } from '../system/courier/carry.ts';
import { sha256OfBytes } from '../system/digest.ts';
import { createDisk } from '../system/disk.ts';
import { createFiles, type Files } from '../system/files.ts';
import type { Recorder } from '../system/oplog.ts';

/** Random fates per moment, besides "everything survives" and "nothing does". */
const FATES = process.env.GALLEY_TEST_ROUNDS === 'long' ? 60 : 6;
const never = new AbortController().signal;

let top: string;
beforeEach(() => {
  top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'galley-durable-')));
});
afterEach(() => fs.rmSync(top, { recursive: true }));

interface Tools {
  files: Files;
  record: Recorder;
  at(...names: string[]): string;
}

interface Claim {
  /** What is there long before, by relative path. */
  before?: Record<string, string>;
  /** The file that the claim is about. */
  file: string;
  act(tools: Tools): Promise<unknown>;
}

const ROW = { package: 'acme.tool@r1', kind: 'file', source: 'https://x.test/a', platform: 'linux-x86_64' } as const;
const PIN = { ...ROW, sha256: sha256OfBytes('a'), size: 1 };

const DOWNLOAD = sha256OfBytes('flour');

const CLAIMS: Record<string, Claim> = {
  'a download in the store': {
    file: `cache/downloads/sha256/${DOWNLOAD.slice(0, 2)}/${DOWNLOAD}`,
    async act({ files, at }) {
      const downloads = await openDownloads(files, createLayout(at('cache')), async () => {});
      await using writer = await files.openWriter(downloads.partFile('part'));
      await writer.write(Buffer.from('flo'));
      await writer.write(Buffer.from('ur'));
      await writer.close();
      await downloads.adopt(downloads.partFile('part'), DOWNLOAD);
    },
  },
  'galley.lock': {
    before: { 'project/galley.lock': 'old' },
    file: 'project/galley.lock',
    async act({ files, at }) {
      const lockName = async () => ({ release: async () => {} });
      const world = { cache: { lockName }, files, signal: never } as unknown as Project['world'];
      const project = { lockFile: at('project/galley.lock'), manifest: { rootDir: at('project') }, world } as Project;
      await rewriteLockFile(project, () => new Map([[lockKey(PIN), PIN]]));
    },
  },
  'the index of a depot in a directory': {
    before: { 'share/depot/galley-depot.json': 'old' },
    file: 'share/depot/galley-depot.json',
    act: (tools) => storeOf(tools).write('galley-depot.json', Buffer.from('new'), { signal: never }),
  },
  'an archive in a depot that is new': {
    before: { 'share/archive': 'a'.repeat(10_000) },
    file: 'share/depot/acme.tool@r1/linux.tar.zst',
    act: (tools) => {
      const content = { file: tools.at('share/archive'), sizeBytes: 10_000, sha256: sha256OfBytes('') };
      return storeOf(tools).write('acme.tool@r1/linux.tar.zst', content, { signal: never });
    },
  },
  'an output, in a directory that is new': {
    before: { 'share/tool': 'tool' },
    file: 'project/out/bin/tool',
    act: ({ record, at }) => {
      const errand = { from: at('share/tool'), to: at('project/out/bin/tool'), mode: 0o755, verify: true, keepOut: [] };
      return carry(errand as unknown as Parameters<typeof carry>[0], {
        disk: createDisk(record),
        unfinished: new Set(),
      });
    },
  },
};

function storeOf({ files, at }: Tools) {
  const lock = async () => ({ [Symbol.asyncDispose]: async () => {} });
  return createDirectoryStore(at('share/depot'), { files, lock } as unknown as Parameters<
    typeof createDirectoryStore
  >[1]);
}

it.each(Object.entries(CLAIMS))('%s is whole after any crash, and there when that was answered', async (_, claim) => {
  const before: Recorded[] = [];
  const setting = createFiles({ record: (operation) => recordInto(before)(operation) });
  for (const dir of ['project', 'share', 'cache']) await setting.ensureDir(path.join(top, dir));
  for (const [name, text] of Object.entries(claim.before ?? {})) {
    await setting.ensureDir(path.join(top, path.dirname(name)));
    await setting.writeAtomic(path.join(top, name), text);
  }
  const log: Recorded[] = [];
  const record: Recorder = (operation) => recordInto(log)(operation);
  await claim.act({ files: createFiles({ record }), record, at: (...names) => path.join(top, ...names) });
  const wanted = fs.readFileSync(path.join(top, claim.file), 'utf8');

  expect(findHarm(claim, { before, log, wanted })).toBeUndefined();
  const careless = log.filter(({ op }) => op !== 'fsync' && op !== 'fsync-dir');
  expect(findHarm(claim, { before, log: careless, wanted }), 'without any sync').toBeDefined();
});

interface Course {
  before: readonly Recorded[];
  log: readonly Recorded[];
  wanted: string;
}

/** The first moment whose crash leaves something that was never meant. */
function findHarm({ before: there = {}, file }: Claim, { before, log, wanted }: Course): string | undefined {
  const disk = new CrashDisk(top);
  for (const operation of before) disk.apply(operation);
  disk.apply({ op: 'sync-fs', path: top });
  const lookAt = (fate: Fate): string | undefined => {
    const image = path.join(top, 'image');
    disk.materialise(image, fate);
    const name = path.join(image, file);
    const found = fs.existsSync(name) ? fs.readFileSync(name, 'utf8') : undefined;
    fs.rmSync(image, { recursive: true });
    return found;
  };
  for (const [index, operation] of log.entries()) {
    disk.apply(operation);
    const fates = [EVERYTHING, NOTHING, ...Array.from({ length: FATES }, (_, n) => createFate(index * FATES + n + 1))];
    const harm = fates.map(lookAt).find((found) => found !== there[file] && found !== wanted);
    if (harm !== undefined) return `${index} ${operation.op} ${operation.path}: ${harm}`;
  }
  const last = lookAt(NOTHING);
  return last === wanted ? undefined : `it was not safe: ${last}`;
}

const EVERYTHING: Fate = { survives: () => true, share: () => 1 };
const NOTHING: Fate = { survives: () => false, share: () => 0 };

/** Numbers that look random and are the same in every run. */
function createFate(seed: number): Fate {
  let state = seed * 2654435761;
  const next = () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return (state >>> 8) / 2 ** 24;
  };
  return { survives: () => next() < 0.5, share: next };
}
