// `npm:<package>@<version>`: asks the registry that npm would ask, and takes the checksum it publishes.
import { Failure, isFailure } from '../model/failure.ts';
import { findStrongest, integrityOfHex } from '../model/integrity.ts';
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import { redactUrl } from '../model/redact.ts';
import { stripControl } from '../system/terminal.ts';
import { type NpmConfig, PUBLIC_NPM, readNpmConfig } from './npmrc.ts';
import { parseAnswer } from './registry.ts';
import type { Located } from './source.ts';
import type { Transport, TransportTools } from './transport.ts';

interface NpmName {
  /** With its scope. */
  name: string;
  scope: string | undefined;
  version: string;
}

/** The document with only what installing needs; registries that do not know it answer with the whole. */
const ACCEPT = 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8';

export function createNpm({ registry, files, env, projectDir }: TransportTools): Transport {
  let reading: Promise<NpmConfig> | undefined;
  const readConfig = () => (reading ??= readNpmConfig({ files, env, projectDir }));
  const askable = (url: string, base: string, { connection, headersFor }: NpmConfig): Located => {
    return { url, headers: headersFor(url, base), connection };
  };

  /** What the registry says of all versions of a name. */
  async function readDocument(wanted: NpmName, signal: AbortSignal): Promise<Json> {
    const { name, scope } = wanted;
    const config = await readConfig();
    // The slash of a scope is coded: `@scope/name` is one name.
    const base = config.registryOf(scope);
    const document = base + name.replace('/', '%2f');
    const headers = { accept: ACCEPT, ...config.headersFor(document, base) };
    const ask = { headers, connection: config.connection, signal };
    const { text } = await registry.read(document, ask).catch((error: unknown) => {
      throw isFailure(error, 'SOURCE_NOT_FOUND') ? noPackage(wanted, document, error) : error;
    });
    return parseAnswer(text, document);
  }

  return {
    // The scope is no part of it, in the registry's own names of tarballs neither.
    fileName(url) {
      const { name, version } = parseNpmName(url);
      return `${name.slice(name.indexOf('/') + 1)}-${version}.tgz`;
    },

    async locate({ url }, signal) {
      const wanted = parseNpmName(url);
      const config = await readConfig();
      const { tarball, ...published } = distOf(await readDocument(wanted, signal), wanted);
      const base = config.registryOf(wanted.scope);
      return { ...askable(onMirror(tarball, base), base, config), ...published };
    },

    async versions(url, signal) {
      const wanted = parseNpmName(url);
      const document = await readDocument(wanted, signal);
      const latest = memberOf(document, 'dist-tags')?.latest;
      const known = Object.keys(memberOf(document, 'versions') ?? {});
      return { current: wanted.version, known, ...(typeof latest === 'string' && { latest }) };
    },

    async locatePinned({ url }, pinned) {
      const config = await readConfig();
      const wanted = parseNpmName(url);
      const base = config.registryOf(wanted.scope);
      const address = onMirror(pinned, base);
      // A lock file could name somebody else's package of the same registry.
      return address === tarballOf(wanted, base) ? askable(address, base, config) : undefined;
    },
  };
}

/** Many mirrors pass documents through as they are, with the public registry's addresses; npm swaps them as well. */
function onMirror(tarball: string, base: string): string {
  return tarball.startsWith(PUBLIC_NPM) ? base + tarball.slice(PUBLIC_NPM.length) : tarball;
}

/** Where npm's own registry, and most others, keep a tarball. */
function tarballOf({ name, version }: NpmName, base: string): string {
  return `${base}${name}/-/${name.slice(name.indexOf('/') + 1)}-${version}.tgz`;
}

function parseNpmName(url: string): NpmName {
  const [, name, scope, version] = /^npm:((?:(@[a-z0-9._~-]+)\/)?[a-z0-9._~-]+)@([^@/\s]+)$/i.exec(url) ?? [];
  if (name !== undefined && version !== undefined && /^\d/.test(version)) return { name, scope, version };
  throw new Failure('INVALID_VALUE', `Cannot fetch "${url}": expected npm:<package>@<version>`, {
    hint: 'Name one exact version, such as npm:left-pad@1.3.0 or npm:@scope/name@2.0.1',
  });
}

function noPackage({ name, version }: NpmName, url: string, { facts, cause }: Failure): Failure {
  const message = `Cannot fetch "npm:${name}@${version}": the registry has no such package at "${redactUrl(url)}"`;
  const hint = 'Look at its name, and at "registry" in npm config list: private packages need a token, too';
  return new Failure('SOURCE_NOT_FOUND', message, { hint, facts, cause });
}

/** What the registry says of one version. */
function distOf(document: Json, { name, version }: NpmName): Omit<Located, 'url'> & { tarball: string } {
  const dist = memberOf(memberOf(memberOf(document, 'versions'), version), 'dist');
  const { tarball, integrity, shasum } = dist ?? {};
  // Only the web: a registry must not make us read files of this machine.
  if (typeof tarball !== 'string' || !/^https?:\/\//.test(tarball)) {
    const latest = memberOf(document, 'dist-tags')?.latest;
    const hint = typeof latest === 'string' ? { hint: `The latest version is ${stripControl(latest)}` } : {};
    throw new Failure(
      'SOURCE_NOT_FOUND',
      `Cannot fetch "npm:${name}@${version}": the registry has no such version`,
      hint,
    );
  }
  // Packages of the first years have the older checksum only.
  const published = findStrongest(`${integrity ?? ''}`) ?? integrityOfHex('sha1', `${shasum ?? ''}`);
  const deprecated = memberOf(memberOf(document, 'versions'), version)?.deprecated;
  const warning = typeof deprecated === 'string' ? `it is deprecated: ${stripControl(deprecated)}` : undefined;
  return { tarball, warning, ...(published === undefined ? { isUnverified: true } : { integrity: published }) };
}

function memberOf(value: Json | undefined, name: string): JsonObject | undefined {
  const member = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return isJsonObject(member) ? member : undefined;
}
