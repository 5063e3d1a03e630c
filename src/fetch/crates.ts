// `crates:<crate>@<version>`: asks the sparse index that cargo would ask, and takes the checksum it publishes.
import { parseSha256, type Sha256 } from '../model/digest.ts';
import { Failure } from '../model/failure.ts';
import { isJsonObject, type JsonObject } from '../model/json.ts';
import { redactUrl } from '../model/redact.ts';
import { stripControl } from '../system/terminal.ts';
import { type CrateRegistry, readCrateRegistry } from './cargo-config.ts';
import { parseAnswer } from './registry.ts';
import type { Transport, TransportTools } from './transport.ts';

interface Crate {
  name: string;
  /** May have build metadata: `2.0.16+zstd.1.5.7`. */
  version: string;
}

/** Where crates.io itself keeps the files; a pin that lies there is asked of the mirror on a machine that has one. */
const PUBLIC_FILES = 'https://static.crates.io/';

export function createCrates({ registry, files, env, projectDir }: TransportTools): Transport {
  let reading: Promise<CrateRegistry> | undefined;
  const readConfig = () => (reading ??= readCrateRegistry({ files, env, projectDir }));

  return {
    // As cargo names it on disk; what is inside is a tar.gz.
    fileName(url) {
      const { name, version } = parseCrate(url);
      return `${name}-${version}.crate`;
    },

    async locate({ url }, signal) {
      const wanted = parseCrate(url);
      const source = await readConfig();
      const ask = { headers: tokenOf(source), signal };
      const [configUrl, entryUrl] = [`${source.index}config.json`, source.index + indexPath(wanted.name)];
      const [config, index] = await Promise.all([registry.read(configUrl, ask), registry.read(entryUrl, ask)]);
      const crate = findVersion(index.text, wanted, entryUrl);
      const settings = parseAnswer(config.text, configUrl);
      // Only the web: an index must not make us read files of this machine.
      if (!isJsonObject(settings) || !/^https?:\/\//.test(`${settings.dl}`)) throw malformed(configUrl);
      const file = downloadUrl(`${settings.dl}`, crate);
      const needsToken = settings['auth-required'] === true || isSameOrigin(file, source.index);
      return { url: file, sha256: crate.sha256, headers: needsToken ? tokenOf(source) : {} };
    },

    async versions(url, signal) {
      const { name, version } = parseCrate(url);
      const source = await readConfig();
      const entryUrl = source.index + indexPath(name);
      const entries = entriesOf((await registry.read(entryUrl, { headers: tokenOf(source), signal })).text, entryUrl);
      return { current: version, known: entries.filter(({ yanked }) => yanked !== true).map(({ vers }) => `${vers}`) };
    },

    async locatePinned(_, pinned) {
      const source = await readConfig();
      if (source.isMirror && pinned.startsWith(PUBLIC_FILES)) return undefined;
      return { url: pinned, headers: isSameOrigin(pinned, source.index) ? tokenOf(source) : {} };
    },
  };
}

/** A token goes to the index that it is for, and elsewhere only when that index says so. */
function isSameOrigin(a: string, b: string): boolean {
  return URL.parse(a)?.origin === URL.parse(b)?.origin;
}

function parseCrate(url: string): Crate {
  const [, name, version] = /^crates:([a-z][a-z0-9_-]*)@(\d[^@/\s]*)$/i.exec(url) ?? [];
  if (name !== undefined && version !== undefined) return { name, version };
  throw new Failure('INVALID_VALUE', `Cannot fetch "${url}": expected crates:<crate>@<version>`, {
    hint: 'Name one exact version, such as crates:libc@0.2.170',
  });
}

/** The layout of an index: `1/a`, `2/ab`, `3/a/abc`, `ab/cd/abcd…` (Cargo book, "Index Format"). */
function indexPath(name: string): string {
  return `${prefixOf(name.toLowerCase())}/${name.toLowerCase()}`;
}

function prefixOf(name: string): string {
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
function findVersion(lines: string, { name, version }: Crate, url: string): Crate & { sha256: Sha256 } {
  const entries = entriesOf(lines, url);
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
  if (sha256 === undefined) throw malformed(url);
  return { name, version: `${entry.vers}`, sha256 };
}

/** The template of an index may have markers; without any, the path is the one of crates.io (Cargo book, `dl`). */
function downloadUrl(template: string, { name, version, sha256 }: Crate & { sha256: Sha256 }): string {
  const markers: Record<string, string> = {
    '{crate}': name,
    '{version}': version,
    '{prefix}': prefixOf(name),
    '{lowerprefix}': prefixOf(name.toLowerCase()),
    '{sha256-checksum}': sha256,
  };
  const filled = template.replace(/\{[a-z0-9-]+\}/g, (marker) => markers[marker] ?? marker);
  return filled === template ? `${template}/${name}/${version}/download` : filled;
}

function tokenOf({ token }: CrateRegistry): Record<string, string> {
  return token === undefined ? {} : { authorization: token };
}

function malformed(url: string): Failure {
  const shown = redactUrl(url);
  return new Failure('FETCH_FAILED', `Cannot read "${shown}": it is not what a sparse index holds`, {
    facts: { url: shown },
  });
}
