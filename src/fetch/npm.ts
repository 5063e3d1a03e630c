// `npm:<package>@<version>`: asks the registry that npm would ask, and takes the checksum it publishes.
import { Failure } from '../model/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';
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
  const withCredentials = (url: string, config: NpmConfig): Located => ({ url, headers: config.headersFor(url) });

  /** What the registry says of all versions of a name. */
  async function readDocument({ name, scope }: NpmName, signal: AbortSignal): Promise<Json> {
    const config = await readConfig();
    // The slash of a scope is coded: `@scope/name` is one name.
    const document = config.registryOf(scope) + name.replace('/', '%2f');
    const headers = { accept: ACCEPT, ...config.headersFor(document) };
    return parseAnswer((await registry.read(document, { headers, signal })).text, document);
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
      return { ...withCredentials(onMirror(tarball, config.registryOf(wanted.scope)), config), ...published };
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
      return withCredentials(onMirror(pinned, config.registryOf(parseNpmName(url).scope)), config);
    },
  };
}

/** Many mirrors pass documents through as they are, with the public registry's addresses; npm swaps them as well. */
function onMirror(tarball: string, base: string): string {
  return tarball.startsWith(PUBLIC_NPM) ? base + tarball.slice(PUBLIC_NPM.length) : tarball;
}

function parseNpmName(url: string): NpmName {
  const [, name, scope, version] = /^npm:((?:(@[a-z0-9._~-]+)\/)?[a-z0-9._~-]+)@([^@/\s]+)$/i.exec(url) ?? [];
  if (name !== undefined && version !== undefined && /^\d/.test(version)) return { name, scope, version };
  throw new Failure('INVALID_VALUE', `Cannot fetch "${url}": expected npm:<package>@<version>`, {
    hint: 'Name one exact version, such as npm:left-pad@1.3.0 or npm:@scope/name@2.0.1',
  });
}

/** What the registry says of one version. */
function distOf(document: Json, { name, version }: NpmName): { tarball: string; integrity?: string } {
  const dist = memberOf(memberOf(memberOf(document, 'versions'), version), 'dist');
  const { tarball, integrity } = dist ?? {};
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
  // Several algorithms may stand side by side; sha512 is the one that npm publishes and verifies.
  const sha512 = typeof integrity === 'string' ? /sha512-[A-Za-z0-9+/=]+/.exec(integrity)?.[0] : undefined;
  return { tarball, ...(sha512 !== undefined && { integrity: sha512 }) };
}

function memberOf(value: Json | undefined, name: string): JsonObject | undefined {
  const member = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return isJsonObject(member) ? member : undefined;
}
