// What galley.lock remembers of every fetched file, and the pure functions that look a pin up and add one. The text of
// the file belongs to recipe/lockfile.
import type { Sha256 } from './digest.ts';
import { redactUrl } from './redact.ts';

/** Where the bytes of a source came from, and which bytes they were. */
export interface Pin {
  /** Without credentials. */
  url: string;
  sha256: Sha256;
  sizeBytes: number;
}

/** One record of a source. A source has several when platforms get different bytes for the same words (wheels of pypi). */
export interface LockedFile {
  /** Absent: the source itself is the address. */
  url?: string;
  sha256: Sha256;
  /** In bytes. */
  size: number;
  /** Sorted `os-arch` names this was seen on. Absent: the same for every platform. */
  platforms?: string[];
}

/** Where the recipe itself came from. */
export interface LockedSource {
  url: string;
  sha256?: Sha256;
  commit?: string;
}

export interface LockedPackage {
  source?: LockedSource;
  /** Digest of the recipe whose fetch function asked for `files`: another recipe may ask for others. */
  recipe?: string;
  /** Query of a weak dependency → the identity it was settled with. */
  weak?: Record<string, string>;
  /** Source as the recipe writes it → its records. */
  files?: Record<string, LockedFile[]>;
}

export interface LockFile {
  schema: 1;
  /** By the package's id: its identity, and its options where it has some. */
  packages: Record<string, LockedPackage>;
}

/** Names one source of one package on one platform. */
export interface PinKey {
  package: string;
  source: string;
  platform: string;
}

export const EMPTY_LOCK_FILE: LockFile = { schema: 1, packages: {} };

export function findPin(lock: LockFile, key: PinKey): Pin | undefined {
  const files = own(own(lock.packages, key.package)?.files ?? {}, redactUrl(key.source)) ?? [];
  const file = files.find(({ platforms }) => platforms === undefined || platforms.includes(key.platform));
  return file && { url: file.url ?? key.source, sha256: file.sha256, sizeBytes: file.size };
}

/** The lock file with this pin in place of the one the platform had; the same object when nothing changes. */
export function withPin(lock: LockFile, key: PinKey, pin: Pin): LockFile {
  const source = redactUrl(key.source);
  const record = { sha256: pin.sha256, size: pin.sizeBytes, ...(pin.url !== key.source && { url: pin.url }) };
  const before = own(lock.packages, key.package) ?? {};
  const files = own(before.files ?? {}, source) ?? [];
  if (files.some((file) => isSameFile(file, record) && (file.platforms?.includes(key.platform) ?? true))) return lock;

  const others = files.flatMap((file) => withoutPlatform(file, key.platform));
  const same = others.find((file) => isSameFile(file, record));
  const platforms = [...(same?.platforms ?? []), key.platform].sort();
  const after = [...others.filter((file) => file !== same), { ...record, platforms }];
  return {
    ...lock,
    packages: { ...lock.packages, [key.package]: { ...before, files: { ...before.files, [source]: after } } },
  };
}

function isSameFile(a: LockedFile, b: LockedFile): boolean {
  return a.sha256 === b.sha256 && a.size === b.size && a.url === b.url;
}

/** A record for every platform gives way whole: nobody can say whether the other platforms still get its bytes. */
function withoutPlatform(file: LockedFile, platform: string): LockedFile[] {
  const platforms = file.platforms?.filter((name) => name !== platform) ?? [];
  return platforms.length === 0 ? [] : [{ ...file, platforms }];
}

/** Names come from files people write, and `constructor` is such a name. */
function own<T>(record: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
