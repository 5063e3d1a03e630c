// Where everything in a cache lies. Only names and paths; nothing here touches the disk.
import path from 'node:path';
import { IDENTITY } from '../model/identity.ts';

/** Names one package as it was built: its key stands for everything that can change it. */
export interface EntryRef {
  identity: string;
  /** `linux-x86_64`. */
  platform: string;
  key: string;
}

/** The directories and files of one entry. */
export interface EntryPaths {
  entryDir: string;
  /** The finished tree. */
  assetDir: string;
  fetchDir: string;
  /** What becomes the asset. */
  installDir: string;
  /** Everything that is only needed while building. */
  workDir: string;
  stageDir: string;
  tmpDir: string;
  /** In which phase the work ended that is kept. */
  phaseFile: string;
  /** `workDir` of the last try that failed. */
  failedDir: string;
  /** Second name of the lock's file while work goes on. */
  anchorFile: string;
  /** An older asset, for the moment in which the new one takes its place; where the two can change places, unused. */
  replacedDir: string;
  /** Last of all: an entry without it is not complete. */
  markerFile: string;
  fingerprintFile: string;
}

/** Name of the file that makes an entry complete. */
export const MARKER = 'galley-complete';

export type Layout = ReturnType<typeof createLayout>;

export function createLayout(rootDir: string) {
  const assetsDir = path.join(rootDir, 'assets');
  const locksDir = path.join(rootDir, 'locks');
  const entryDir = ({ identity, platform, key }: EntryRef) => path.join(assetsDir, identity, `${platform}-${key}`);
  const namedLockFile = (name: string) => path.join(locksDir, `${name}.lock`);
  return {
    rootDir,
    assetsDir,
    recipesDir: path.join(rootDir, 'recipes'),
    downloadsDir: path.join(rootDir, 'downloads'),
    /** What the indexes of depots said last time. */
    depotsDir: path.join(rootDir, 'depots'),
    logsDir: path.join(rootDir, 'logs'),
    locksDir,
    /** What projects want kept, and what living processes use at this moment. */
    projectLeasesDir: path.join(rootDir, 'leases', 'projects'),
    runLeasesDir: path.join(rootDir, 'leases', 'runs'),
    /** The lock of whoever decides what goes. */
    gateFile: namedLockFile('gc'),
    /** Work of steps that have no entry. */
    scratchDir: path.join(rootDir, 'scratch'),
    entry: (ref: EntryRef) => entryPaths(entryDir(ref)),
    refOf,
    /** Of an entry, as leases tell it: relative to the root. */
    nameOf: (ref: EntryRef) => path.relative(rootDir, entryDir(ref)),
    assetDir: (ref: EntryRef) => entryPaths(entryDir(ref)).assetDir,
    lockFile: ({ identity, platform, key }: EntryRef) => path.join(locksDir, `${identity}-${platform}-${key}.lock`),
    namedLockFile,
    scratchLockFile: (name: string) => path.join(locksDir, `scratch-${name}.lock`),
    scratchAnchorFile: (name: string) => path.join(rootDir, 'scratch', `${name}.lock`),
  };
}

/** Asked for so often that joining, which also looks for dots and slashes, would cost. */
function entryPaths(entryDir: string): EntryPaths {
  const workDir = `${entryDir}${path.sep}work`;
  return {
    entryDir,
    assetDir: `${entryDir}${path.sep}asset`,
    fetchDir: `${entryDir}${path.sep}fetch`,
    installDir: `${entryDir}${path.sep}install`,
    workDir,
    stageDir: `${workDir}${path.sep}stage`,
    tmpDir: `${workDir}${path.sep}tmp`,
    phaseFile: `${workDir}${path.sep}phase`,
    failedDir: `${entryDir}${path.sep}failed`,
    anchorFile: `${entryDir}${path.sep}lock`,
    replacedDir: `${entryDir}${path.sep}replaced`,
    markerFile: `${entryDir}${path.sep}${MARKER}`,
    fingerprintFile: `${entryDir}${path.sep}galley-fingerprint`,
  };
}

/** What the directory of an entry stands for. */
function refOf(entryDir: string): EntryRef {
  const ref = parseEntryName(path.basename(path.dirname(entryDir)), path.basename(entryDir));
  if (ref === undefined) throw new Error(`"${entryDir}" is not the directory of an entry`);
  return ref;
}

/** What a lock is about, as its file's name tells; undefined for what has no directory, and for what is no lock. */
export function parseLockName(name: string): { entry: EntryRef } | { scratch: string } | undefined {
  const [, scratch] = /^scratch-([0-9a-f]{12})\.lock$/.exec(name) ?? [];
  if (scratch !== undefined) return { scratch };
  const [, identity = '', rest = ''] = /^(.+)-([a-z0-9]+-[a-z0-9_]+-[0-9a-z]+)\.lock$/.exec(name) ?? [];
  const entry = parseEntryName(identity, rest);
  return entry && { entry };
}

/** The reference that an entry directory's name stands for; the platform has one dash, the key none. */
export function parseEntryName(identity: string, name: string): EntryRef | undefined {
  const [, platform, key] = /^([a-z0-9]+-[a-z0-9_]+)-([0-9a-z]+)$/.exec(name) ?? [];
  if (platform === undefined || key === undefined || !IDENTITY.test(identity)) return undefined;
  return { identity, platform, key };
}

/** What is beside the things that we put on a shelf has other names, and is nobody's to collect. */
export const OUR_NAMES = {
  identity: IDENTITY,
  /** Of a shelf of downloads. */
  digestStart: /^[0-9a-f]{2}$/,
  digest: /^[0-9a-f]+$/,
  /** A part, and what is told of it. */
  part: /^\..+\.[0-9a-f]{12}\.tmp(\.json)?$/,
  /** When its first line was written, and for which key. */
  log: /^\d+-[0-9a-z]+\.log$/,
  projectLease: /^[0-9a-f]{32}\.json$/,
};

/** Whether a path goes into the asset of an entry, of this cache or of another. */
export function leadsIntoEntry(file: string): boolean {
  return path.isAbsolute(file) && /\/assets\/[^/]+\/[a-z0-9]+-[a-z0-9_]+-[0-9a-z]+\/asset\/./.test(file);
}
