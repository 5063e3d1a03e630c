// `crates:<crate>@<version>`, or `crates:<registry>/<crate>@<version>`: asks the sparse index that cargo would ask, and takes
// the checksum it publishes.
import path from 'node:path';
import { Failure } from '../model/failure.ts';
import { isJsonObject } from '../model/json.ts';
import { decodePercent } from '../model/percent.ts';
import { readBytes } from './bytes.ts';
import { type CrateRegistry, type LocalRegistry, readCrateRegistry, type SparseRegistry } from './cargo-config.ts';
import {
  type Crate,
  findVersion,
  malformed,
  type PublishedCrate,
  prefixOf,
  readEntries,
  tokenOf,
} from './crate-index.ts';
import { isSameOrigin } from './origin.ts';
import { parseAnswer } from './registry.ts';
import type { Located } from './source.ts';
import type { Transport, TransportTools } from './transport.ts';

/** Where crates.io itself keeps the files; a pin that lies there is asked of the mirror on a machine that has one. */
const PUBLIC_FILES = 'https://static.crates.io/';

export function createCrates(tools: TransportTools): Transport {
  const { registry, files, env, projectDir } = tools;
  const reading = new Map<string | undefined, Promise<CrateRegistry>>();
  const registryOf = ({ registry: name }: Crate) => {
    const config = reading.get(name) ?? readCrateRegistry({ files, env, projectDir, name });
    reading.set(name, config);
    return config;
  };

  async function locateSparse(crate: PublishedCrate, source: SparseRegistry, signal: AbortSignal): Promise<Located> {
    const ask = { headers: tokenOf(source), connection: source.connection, signal };
    const configUrl = `${source.index}config.json`;
    const config = await registry.read(configUrl, ask);
    const settings = parseAnswer(config.text, configUrl);
    // Only the web: an index must not make us read files of this machine.
    if (!isJsonObject(settings) || !/^https?:\/\//.test(`${settings.dl}`)) throw malformed(configUrl);
    const file = downloadUrl(`${settings.dl}`, crate);
    const needsToken = settings['auth-required'] === true || isSameOrigin(file, source.index);
    const headers = needsToken ? tokenOf(source) : {};
    const { sha256, warning } = crate;
    return { url: file, sha256, warning, headers, connection: source.connection };
  }

  /** Cargo looks nowhere else either. The address is that of crates.io, where others find the file. */
  function locateLocal(crate: PublishedCrate, { dir }: LocalRegistry): Located {
    const file = path.join(dir, `${crate.name}-${crate.version}.crate`);
    const url = downloadUrl(`${PUBLIC_FILES}crates`, crate);
    return { url, sha256: crate.sha256, warning: crate.warning, read: (how) => readBytes(file, files, how) };
  }

  return {
    // As cargo names it on disk; what is inside is a tar.gz.
    fileName(url) {
      const { name, version } = parseCrate(url);
      return `${name}-${version}.crate`;
    },

    async locate({ url }, signal) {
      const wanted = parseCrate(url);
      const source = await registryOf(wanted);
      const crate = findVersion(await readEntries(wanted, source, { registry, files, signal }), wanted);
      return 'dir' in source ? locateLocal(crate, source) : locateSparse(crate, source, signal);
    },

    async versions(url, signal) {
      const wanted = parseCrate(url);
      const entries = await readEntries(wanted, await registryOf(wanted), { registry, files, signal });
      const known = entries.filter(({ yanked }) => yanked !== true).map(({ vers }) => `${vers}`);
      return { current: wanted.version, known };
    },

    async locatePinned({ url }, pinned) {
      const wanted = parseCrate(url);
      return pinnedFile(pinned, wanted, await registryOf(wanted));
    },
  };
}

/** What galley.lock names, if it is a file of this crate and this registry. */
function pinnedFile(pinned: string, wanted: Crate, source: CrateRegistry): Located | undefined {
  if ('dir' in source || !isFileOf(pinned, wanted)) return undefined;
  const { index, isMirror, connection } = source;
  if (isSameOrigin(pinned, index)) return { url: pinned, headers: tokenOf(source), connection };
  return !isMirror && isSameOrigin(pinned, PUBLIC_FILES) ? { url: pinned, connection } : undefined;
}

/** As registries lay them out; a lock file could name somebody else's crate of the same one. */
function isFileOf(pinned: string, { name, version }: Crate): boolean {
  const steps = URL.parse(pinned)?.pathname.split('/').slice(-3).map(decodePercent) ?? [];
  const isCalled = (step: string | undefined, word: string) => step === word || step?.startsWith(`${word}+`) === true;
  const [before, middle, last] = steps;
  if (last === 'download') return before === name && isCalled(middle, version);
  return middle === name && isCalled(last?.replace(/\.crate$/, ''), `${name}-${version}`);
}

function parseCrate(url: string): Crate {
  const [, registry, name, version] =
    /^crates:(?:([a-z][a-z0-9_-]*)\/)?([a-z][a-z0-9_-]*)@(\d[^@/\s]*)$/i.exec(url) ?? [];
  if (name !== undefined && version !== undefined) return { registry, name, version };
  throw new Failure('INVALID_VALUE', `Cannot fetch "${url}": expected crates:<crate>@<version>`, {
    hint: 'Name one exact version, such as crates:libc@0.2.170; that of another registry is crates:<registry>/<crate>@<version>',
  });
}

/** The template of an index may have markers; without any, the path is the one of crates.io (Cargo book, `dl`). */
function downloadUrl(template: string, { name, version, sha256 }: PublishedCrate): string {
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
