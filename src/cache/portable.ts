// An asset as it is the same in every cache, for archives that travel: which of its texts and links name assets, and
// what its fingerprint is once they name a cache that is nobody's.
//
//                 text                       program or data           link
//   names assets  rewritten, here and there  bound to this cache root  made anew, there
//   else          as it is                   as it is                  as it is
import type { Sha256 } from '../model/digest.ts';
import { sha256OfBytes } from '../system/digest.ts';
import type { Files } from '../system/files.ts';
import { encodeFingerprint, type FingerprintLine, fingerprintTree } from './fingerprint.ts';
import { type ScanTarget, scanFile, scanText } from './scan.ts';

export interface PortableTree {
  /** Digest of the fingerprint as the asset is here. */
  found: Sha256;
  /** Digest of its fingerprint in an archive, where it has none of `links`. */
  fingerprint: Sha256;
  /** Relative paths of the files that are rewritten, sorted. */
  texts: string[];
  /** Relative path → target, rewritten, of links into assets. */
  links: Record<string, string>;
  /** Relative path → target of the other links. */
  ownLinks: Record<string, string>;
  /** Something names assets that cannot be rewritten: it works only under this cache root. */
  isBound: boolean;
}

export interface Portability {
  files: Files;
  target: ScanTarget;
  /** What stands for the assets directory in an archive. */
  assets: string;
  signal?: AbortSignal;
}

/** Texts are rewritten in memory. A longer one that names assets binds its asset, as a program does. */
export const MOST_TEXT_BYTES = 64 * 1024 * 1024;

export async function portableTree(
  assetDir: string,
  { files, target, assets, signal }: Portability,
): Promise<PortableTree> {
  const texts = new Map<string, Sha256>();
  let isBound = false;
  const digestOf = async (name: string) => {
    const scan = await scanFile(files, `${assetDir}/${name}`, target, signal);
    const { sha256, namesEntry, namesAsset } = scan;
    const isText = scan.isText && scan.sizeBytes <= MOST_TEXT_BYTES;
    if (isText && namesEntry) {
      const bytes = await files.readBytes(`${assetDir}/${name}`);
      const moved = moveAssets(bytes, target.assetsDir, assets);
      texts.set(name, sha256OfBytes(moved));
      // A text that has had such words before could not be told from one that got them here.
      isBound ||= !moveAssets(moved, assets, target.assetsDir).equals(bytes);
    }
    // What is gone, a work directory, may be mentioned: debug information is full of it.
    isBound ||= !isText && namesAsset;
    return sha256;
  };
  const found = await fingerprintTree(files, assetDir, { digestOf, signal });
  const all = found.filter((line) => line.kind === 'link');
  const links = all.filter((line) => scanText(line.target, target).namesAsset);
  const ownLinks = all.filter((line) => !links.includes(line));
  const lines = found.filter((line) => !(links as FingerprintLine[]).includes(line));
  return {
    found: sha256OfBytes(encodeFingerprint(found)),
    fingerprint: sha256OfBytes(encodeFingerprint(lines.map((line) => asArchived(line, texts)))),
    texts: [...texts.keys()].sort(),
    links: Object.fromEntries(links.map((line) => [line.path, moveLink(line.target, target.assetsDir, assets)])),
    ownLinks: Object.fromEntries(ownLinks.map((line) => [line.path, line.target])),
    isBound,
  };
}

/** Archives know who may execute a file, and no other permission. `texts` have other digests there. */
export function asArchived(line: FingerprintLine, texts?: ReadonlyMap<string, Sha256>): FingerprintLine {
  if (line.kind === 'dir') return { ...line, mode: '0755' };
  if (line.kind !== 'file') return line;
  const isExecutable = (Number.parseInt(line.mode, 8) & 0o100) !== 0;
  return { ...line, mode: isExecutable ? '0755' : '0644', sha256: texts?.get(line.path) ?? line.sha256 };
}

/** The text with every path of an entry below one directory in place of that below another, byte for byte. */
export function moveAssets(bytes: Uint8Array, from: string, to: string): Buffer {
  const [text, source, target] = [Buffer.from(bytes), Buffer.from(from), Buffer.from(to)].map((b) =>
    b.toString('latin1'),
  );
  const paths = new RegExp(`${RegExp.escape(source as string)}(?=${ENTRY_DIR})`, 'g');
  return Buffer.from(
    (text as string).replace(paths, () => target as string),
    'latin1',
  );
}

export function moveLink(target: string, from: string, to: string): string {
  return moveAssets(Buffer.from(target), from, to).toString();
}

/** `/acme.zlib@r1/linux-x86_64-0123abcd/` */
const ENTRY_DIR = '/[a-z0-9][a-z0-9._@-]*/[a-z0-9]+-[a-z0-9_]+-[0-9a-z]+/';
