// The seam between words and addresses: which transport reads which scheme. A transport finds out where the bytes are;
// getting them is the same for all.
import type { Emit } from '../model/event.ts';
import { Failure } from '../model/failure.ts';
import { redactUrl } from '../model/redact.ts';
import { findNearest } from '../model/suggest.ts';
import type { Versions } from '../model/version.ts';
import type { Clock } from '../system/clock.ts';
import type { Files } from '../system/files.ts';
import type { Machine } from '../system/host.ts';
import type { Http } from '../system/http.ts';
import type { Attempts } from './attempts.ts';
import { createCrates } from './crates.ts';
import { createGitTransport } from './git.ts';
import { createGithub } from './github.ts';
import { createLocal } from './local.ts';
import { createNpm } from './npm.ts';
import type { Oci } from './oci/client.ts';
import { createOciTransport } from './oci/transport.ts';
import { createPypi } from './pypi.ts';
import type { Registry } from './registry.ts';
import type { Routes } from './routes.ts';
import type { S3 } from './s3/client.ts';
import { createS3Transport } from './s3/transport.ts';
import type { FetchSource, Located, Store } from './source.ts';
import { createWeb } from './web.ts';

export interface Transport {
  /** A sensible name for the file, from the words alone. */
  fileName(url: string): string;
  /** Finds the bytes; may ask a registry. */
  locate(source: FetchSource, signal: AbortSignal): Promise<Located>;
  /**
   * Where this machine gets a file that galley.lock has seen at `pinned`: another project's machine may have had other
   * mirrors and other credentials. Undefined: only the registry knows.
   */
  locatePinned(source: FetchSource, pinned: string, signal: AbortSignal): Promise<Located | undefined>;
  /** What else there is under the name; absent where nobody keeps a list. */
  versions?(url: string, signal: AbortSignal): Promise<Versions>;
}

/** What the transports ask with. */
export interface TransportTools {
  http: Http;
  registry: Registry;
  /** The mirrors of an address, and then itself. */
  routes: Routes;
  files: Files;
  clock: Clock;
  /** A lock among processes, for a file that several of them change. */
  lock: (file: string, signal: AbortSignal) => Promise<AsyncDisposable>;
  attempts: Attempts;
  /** One client for all buckets, and one for all registries of containers. */
  s3: () => S3;
  oci: () => Oci;
  emit: Emit;
  store: Store;
  offline: boolean;
  /** Configuration of the registries' ordinary clients. */
  env: Readonly<Record<string, string | undefined>>;
  /** Where a project keeps its `.npmrc` and `.cargo/config.toml`. */
  projectDir: string;
  /** What the files of this machine are chosen for. */
  machine: () => Machine;
}

/** By scheme. A new transport is a new file and a line here. */
const TRANSPORTS: Record<string, (tools: TransportTools) => Transport> = {
  http: createWeb,
  https: createWeb,
  file: createLocal,
  npm: createNpm,
  crates: createCrates,
  pypi: createPypi,
  github: createGithub,
  git: createGitTransport,
  'git+https': createGitTransport,
  'git+http': createGitTransport,
  'git+ssh': createGitTransport,
  'git+file': createGitTransport,
  s3: createS3Transport,
  oci: createOciTransport,
};

/** Finds the bytes of any source. */
export interface Locator {
  /** @throws Failure SOURCE_UNSUPPORTED, INVALID_VALUE */
  fileName(url: string): string;
  /** `pinned`: where galley.lock has seen the file; then no registry is asked unless it must be. */
  locate(source: FetchSource, options: { pinned?: string | undefined; signal: AbortSignal }): Promise<Located>;
  /** Undefined: nobody keeps a list. */
  versions(url: string, signal: AbortSignal): Promise<Versions | undefined>;
}

/** Each transport is made when it is first needed. */
export function createLocator(tools: TransportTools): Locator {
  const made = new Map<string, Transport>();
  const transportOf = (url: string): Transport => {
    const scheme = schemeOf(url);
    const create = Object.hasOwn(TRANSPORTS, scheme) ? TRANSPORTS[scheme] : undefined;
    if (create === undefined) throw unsupported(url, scheme);
    const transport = made.get(scheme) ?? create(tools);
    made.set(scheme, transport);
    return transport;
  };
  return {
    fileName: (url) => transportOf(url).fileName(url),
    async locate(source, { pinned, signal }) {
      const transport = transportOf(source.url);
      // A pin made from the store alone has no other address than the source.
      const isAddress = pinned !== undefined && pinned !== source.url;
      return (
        (isAddress && (await transport.locatePinned(source, pinned, signal))) ||
        (await transport.locate(source, signal))
      );
    },
    versions: async (url, signal) => transportOf(url).versions?.(url, signal),
  };
}

/** A path has none. One letter is the drive of a Windows path. */
export function schemeOf(url: string): string {
  return /^([a-z][a-z0-9+.-]+):/i.exec(url)?.[1]?.toLowerCase() ?? 'file';
}

function unsupported(url: string, scheme: string): Failure {
  const known = Object.keys(TRANSPORTS);
  const nearest = findNearest(scheme, known);
  const hint = `${nearest === undefined ? '' : `Did you mean "${nearest}:"? `}Galley has ${known.join(', ')} and absolute paths`;
  const message = `Cannot fetch "${redactUrl(url)}": there is no transport "${scheme}"`;
  return new Failure('SOURCE_UNSUPPORTED', message, { hint, facts: { url: redactUrl(url), known } });
}
