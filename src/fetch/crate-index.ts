// The index of a crate registry: where it keeps what, and what it says of a version. Knows nothing of how files are
// downloaded.
import path from 'node:path';
import { parseSha256, type Sha256 } from '../model/digest.ts';
import { Failure, isFailure } from '../model/failure.ts';
import { isJsonObject, type JsonObject } from '../model/json.ts';
import { redactUrl } from '../model/redact.ts';
import { stripControl } from '../system/terminal.ts';
import type { CrateRegistry, SparseRegistry } from './cargo-config.ts';
import { parseAnswer } from './registry.ts';
import type { TransportTools } from './transport.ts';

export interface Crate {
  /** The name that cargo's configuration has for it; undefined: crates.io. */
  registry?: string | undefined;
  name: string;
  /** May have build metadata: `2.0.16+zstd.1.5.7`. */
  version: string;
}

export interface PublishedCrate extends Crate {
  sha256: Sha256;
  warning: string | undefined;
}

/** Cargo takes such a version only where a lock file names it; here, every recipe names one. */
const WITHDRAWN = 'its publisher has withdrawn it';

/** What the index says of all versions. @throws Failure SOURCE_NOT_FOUND, FETCH_FAILED */
export async function readEntries(
  crate: Crate,
  source: CrateRegistry,
  { registry, files, signal }: Pick<TransportTools, 'registry' | 'files'> & { signal: AbortSignal },
): Promise<JsonObject[]> {
  const { name } = crate;
  if ('dir' in source) {
    const file = path.join(source.dir, 'index', indexPath(name));
    return entriesOf((await files.findText(file)) ?? '', file);
  }
  const url = source.index + indexPath(name);
  const ask = { headers: tokenOf(source), connection: source.connection, signal };
  const { text } = await registry.read(url, ask).catch((error: unknown) => {
    throw isFailure(error, 'SOURCE_NOT_FOUND') ? noCrate(crate, url, error) : error;
  });
  return entriesOf(text, url);
}

function noCrate({ registry, name, version }: Crate, url: string, { facts, cause }: Failure): Failure {
  const source = `crates:${registry === undefined ? '' : `${registry}/`}${name}@${version}`;
  const message = `Cannot fetch "${source}": the index has no such crate at "${redactUrl(url)}"`;
  const hint = 'Look at its name, and at "source" and "registries" in the configuration of cargo';
  return new Failure('SOURCE_NOT_FOUND', message, { hint, facts, cause });
}

/** The layout of an index: `1/a`, `2/ab`, `3/a/abc`, `ab/cd/abcd…` (Cargo book, "Index Format"). */
function indexPath(name: string): string {
  return `${prefixOf(name.toLowerCase())}/${name.toLowerCase()}`;
}

export function prefixOf(name: string): string {
  if (name.length <= 2) return `${name.length}`;
  if (name.length === 3) return `3/${name[0]}`;
  return `${name.slice(0, 2)}/${name.slice(2, 4)}`;
}

/** An index holds one version on each line, and yanked ones too: locked builds still need them. */
function entriesOf(lines: string, url: string): JsonObject[] {
  return lines
    .split('\n')
    .filter(Boolean)
    .map((line) => parseAnswer(line, url))
    .filter(isJsonObject);
}

/** What the index says of one version. */
export function findVersion(entries: readonly JsonObject[], { name, version }: Crate): PublishedCrate {
  // Build metadata does not tell versions apart (semver, 10), so the recipe may leave it out.
  const entry =
    entries.find(({ vers }) => vers === version) ?? entries.find(({ vers }) => `${vers}`.split('+')[0] === version);
  if (entry === undefined) {
    const last = entries.findLast(({ yanked }) => yanked !== true)?.vers;
    const hint = typeof last === 'string' ? { hint: `The last version is ${stripControl(last)}` } : {};
    throw new Failure(
      'SOURCE_NOT_FOUND',
      `Cannot fetch "crates:${name}@${version}": the index has no such version`,
      hint,
    );
  }
  const sha256 = parseSha256(`${entry.cksum}`);
  if (sha256 === undefined) throw malformed(`crates:${name}@${version}`);
  return { name, version: `${entry.vers}`, sha256, warning: entry.yanked === true ? WITHDRAWN : undefined };
}

/** A header with the token, where there is one. */
export function tokenOf({ token }: SparseRegistry): Record<string, string> {
  return token === undefined ? {} : { authorization: token };
}

export function malformed(url: string): Failure {
  const shown = redactUrl(url);
  return new Failure('FETCH_FAILED', `Cannot read "${shown}": it is not what a sparse index holds`, {
    facts: { url: shown },
  });
}
