// Whether a statement is to be believed, and about what: the only way in for provenance that comes from somebody else.
import type { Cache } from '../../cache/cache.ts';
import { type EntryRef, parseEntryName } from '../../cache/layout.ts';
import type { Sha256 } from '../../model/digest.ts';
import { Failure } from '../../model/failure.ts';
import { parseIdentity } from '../../model/identity.ts';
import type { PublicKey } from '../../model/public-key.ts';
import { sha256OfFile } from '../../system/digest.ts';
import type { Files } from '../../system/files.ts';
import { open, peek } from './envelope.ts';
import { type Claim, readStatement, subjectName } from './statement.ts';
import { readTreeDigest } from './tree-digest.ts';

/** What is shown to be true. */
export interface Verified {
  /** `acme.zlib@r2/linux-x86_64-0123…`. */
  subject: string;
  /** Its `builder_id`. */
  builder: string;
  signedBy: PublicKey;
}

/** What an asset from elsewhere turned out to be. */
export interface Received {
  ref: EntryRef;
  tree: Sha256;
  archive: Sha256;
}

/**
 * Demands that somebody we trust has stated that this very archive was built as this very package.
 *
 * @throws Failure PROVENANCE_INVALID
 */
export function demandProvenance(text: string, { ref, tree, archive }: Received, keys: readonly PublicKey[]): Verified {
  const name = subjectName(ref);
  const refuse = (problem: string) => invalid(`the provenance of ${name}`, problem);
  const { subjects, ...verified } = believe(text, keys, refuse);
  if (!subjects.has(name)) throw refuse(`it is about ${[...subjects.keys()][0]}`);
  if (subjects.get(name) !== tree) throw refuse('it is about another tree');
  if (![...subjects.values()].includes(archive)) throw refuse('it is about another archive');
  return { subject: name, ...verified };
}

/** More is no list of statements about the packages of a project. */
const MOST = { bytes: 64 * 1024 * 1024, lines: 10_000 };

/** What the statements in a file are compared with: an archive, else the assets in the cache. */
export interface Evidence {
  keys: readonly PublicKey[];
  files: Files;
  cache: Cache;
  archiveFile?: string | undefined;
}

/**
 * @param name of the statements, for messages
 * @param chunks may come from a pipe, whose size nobody knows
 * @throws Failure PROVENANCE_INVALID, PROVENANCE_UNKNOWN, ASSET_DAMAGED
 */
export async function verifyStatements(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  evidence: Evidence,
): Promise<Verified[]> {
  const refuse = (problem: string) => invalid(`"${name}"`, problem);
  const lines = (await readBounded(chunks, refuse)).split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0 || lines.length > MOST.lines) throw refuse(`it has ${lines.length} lines`);
  const verified: Verified[] = [];
  for (const [index, line] of lines.entries()) {
    const where = lines.length > 1 ? `line ${index + 1} of "${name}"` : `"${name}"`;
    verified.push(await verify(line, evidence, (problem) => invalid(where, problem)));
  }
  return verified;
}

async function readBounded(chunks: AsyncIterable<Uint8Array>, refuse: (problem: string) => Failure): Promise<string> {
  const read: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    sizeBytes += chunk.length;
    if (sizeBytes > MOST.bytes) throw refuse('it is larger than 64 MiB');
    read.push(chunk);
  }
  return Buffer.concat(read).toString();
}

async function verify(
  text: string,
  { keys, files, cache, archiveFile }: Evidence,
  refuse: (problem: string) => Failure,
): Promise<Verified> {
  const { subjects, ...verified } = believe(text, keys, refuse);
  const [[subject, tree]] = [...subjects] as [[string, string]];
  if (archiveFile !== undefined) {
    if ([...subjects.values()].includes(await sha256OfFile(archiveFile))) return { subject, ...verified };
    throw refuse(`it is not about "${archiveFile}"`);
  }
  const [, identity = '', name = ''] = /^([^/]+)\/([^/]+)$/.exec(subject) ?? [];
  const ref = parseIdentity(identity) && parseEntryName(identity, name);
  const asset = ref && (await cache.find(ref));
  if (!asset)
    throw new Failure(
      'PROVENANCE_UNKNOWN',
      `Cannot compare ${subject} with what is stated of it: it is not in the cache`,
    );
  if ((await readTreeDigest(ref, asset, { files, cache })) !== tree)
    throw refuse(`${subject} in the cache is another tree`);
  return { subject, ...verified };
}

/** Whether a statement names an archive: for whoever hands it on. Whether it is to be believed, its readers find out. */
export function isAboutArchive(text: string, sha256: Sha256): boolean {
  const statement = peek(text);
  const claim = statement && readStatement(statement);
  return claim !== undefined && 'subjects' in claim && [...claim.subjects.values()].includes(sha256);
}

function believe(
  text: string,
  keys: readonly PublicKey[],
  refuse: (problem: string) => Failure,
): Claim & { signedBy: PublicKey } {
  const opened = open(text, keys);
  if ('problem' in opened) throw refuse(opened.problem);
  const claim = readStatement(opened.statement);
  if ('problem' in claim) throw refuse(claim.problem);
  return { ...claim, signedBy: opened.signedBy };
}

function invalid(what: string, problem: string): Failure {
  return new Failure('PROVENANCE_INVALID', `Cannot believe ${what}: ${problem}`, {
    hint: 'Whoever built it has to sign it, with a key that is in "trusted_keys" or given with --key',
  });
}
