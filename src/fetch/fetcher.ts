// Gets what recipes ask for into the download store: finds it, brings it when the store does not have it, and tells what
// happens. It knows nothing of packages, and of the store only what it needs.
import type { Writable } from 'node:stream';
import { parseSha256 } from '../model/digest.ts';
import type { Emit } from '../model/event.ts';
import { Failure, isFailure } from '../model/failure.ts';
import type { Mirror } from '../model/mirror.ts';
import type { Pin } from '../model/pin.ts';
import { redactUrl, withoutCredentials } from '../model/redact.ts';
import type { TokenRule } from '../model/token.ts';
import type { Versions } from '../model/version.ts';
import type { Clock } from '../system/clock.ts';
import type { Files } from '../system/files.ts';
import type { Machine } from '../system/host.ts';
import type { Http } from '../system/http.ts';
import { createAttempts } from './attempts.ts';
import { withCredentials } from './credentials.ts';
import { joinReceptions } from './joining.ts';
import { measure } from './measure.ts';
import { type ObjectStore, openObjectStore } from './object-store.ts';
import { createOci } from './oci/client.ts';
import { offline } from './offline.ts';
import { createReceive, type Stored } from './receive.ts';
import { createRegistry } from './registry.ts';
import { createRoutes } from './routes.ts';
import { createS3 } from './s3/client.ts';
import type { Download, Expectation, FetchSource, Located, Resolved, Store } from './source.ts';
import { createTee, type Tee } from './tee.ts';
import { createTeller, type Teller } from './telling.ts';
import { createLocator, type TransportTools } from './transport.ts';

export type { ObjectContent, ObjectStore } from './object-store.ts';
export type { Download, FetchSource, Resolved, Store } from './source.ts';

export interface FetcherOptions {
  http: Http;
  store: Store;
  files: Files;
  clock: Clock;
  /** A lock among processes, for a file that several of them change. */
  lock: TransportTools['lock'];
  /** From 0 up to 1. */
  random: () => number;
  emit: Emit;
  offline: boolean;
  mirrors: readonly Mirror[];
  tokens: readonly TokenRule[];
  /** For the configuration of the registries' clients. */
  env: Readonly<Record<string, string | undefined>>;
  /** Where a project keeps its `.npmrc` and `.cargo/config.toml`. */
  projectDir: string;
  /** What registries with a file for each platform are asked for. */
  machine: () => Machine;
}

export interface DownloadOptions {
  signal: AbortSignal;
  /** Whose download it is, for events. */
  package?: string | undefined;
  /** What galley.lock has of this source; another sha256 in the recipe overrules it. */
  pin?: Pin | undefined;
  /** Gets the same bytes in the same pass; ends only after they are verified, is destroyed when they are not. */
  tee?: Writable | undefined;
  /** The caller copies the file out of the store, which reads it then: it need not be read here as well. */
  isCheckedOut?: boolean | undefined;
  /** How often its server is asked; as often as usual where there is no other way to what is wanted. */
  attempts?: number | undefined;
}

export interface Fetcher {
  /** The name of the fetched file, from the words of the source alone. */
  fileName(url: string): string;
  /** Where the bytes are; asks a registry at most once per process. */
  resolve(source: FetchSource, signal: AbortSignal): Promise<Resolved>;
  /** How many bytes the web says there are now; undefined for what is not of the web, or where nobody says. */
  measure(url: string, signal: AbortSignal): Promise<number | undefined>;
  /** What else there is under the name of a source; undefined where nobody keeps a list. Asks the network. */
  versions(url: string, signal: AbortSignal): Promise<Versions | undefined>;
  /** @throws Failure SOURCE_UNSUPPORTED, SOURCE_NOT_FOUND, FETCH_FAILED, DIGEST_MISMATCH, OFFLINE, INVALID_VALUE */
  download(source: FetchSource, options: DownloadOptions): Promise<Download>;
  /** The same over another store, as far from what was fetched before as somebody wants. */
  over(store: Store): Fetcher;
  /** The store at an address, with the credentials and the network of this machine. */
  objectStore(url: string): ObjectStore;
}

type Find = Store['find'];

interface Request {
  owner: string | undefined;
  signal: AbortSignal;
  tee: Tee | undefined;
  tell: Teller;
  attempts: number | undefined;
  /** How the store is asked. */
  find: Find;
}

export function createFetcher(options: FetcherOptions): Fetcher {
  const { store, files } = options;
  const tools = createTools(options);
  const locator = createLocator(tools);
  const receive = joinReceptions(createReceive(tools));

  /** The answer to who asked for `source`, whose bytes are at `url`. */
  const answer = (source: string, url: string, stored: Stored, from: Download['from']): Download => {
    return { source, url: withoutCredentials(url), fileName: locator.fileName(source), ...stored, from };
  };

  async function findStored(source: string, { sha256, url = source }: Partial<Pin>, find: Find) {
    const stored = sha256 && (await find(sha256));
    return stored && answer(source, url, { ...stored, sha256 }, 'store');
  }

  async function bring(source: FetchSource, known: Partial<Pin>, request: Request): Promise<Download> {
    const { owner, signal, tee, tell, attempts, find } = request;
    const located = await locator.locate(source, { pinned: known.url, signal });
    const wanted: Located = { ...located, ...known, url: located.url };
    const stored = await findStored(source.url, wanted, find);
    if (stored !== undefined) return stored;
    tell.started(located, known);
    const how = { package: owner, tee, signal, attempts, onProgress: tell.progress };
    const brought = await receive({ located: wanted, ...how });
    return answer(source.url, wanted.url, brought, wanted.url.startsWith('file:') ? 'file' : 'network');
  }

  return {
    fileName: (url) => locator.fileName(url),
    versions: (url, signal) => locator.versions(url, signal),
    over: (other) => createFetcher({ ...options, store: other }),
    measure: async (url, signal) => (/^https?:/i.test(url) ? measure({ url }, tools, signal) : undefined),
    objectStore: (url) => openObjectStore(url, tools),

    async resolve(source, signal) {
      const { url, ...located } = await locator.locate(source, { signal });
      return { url: withoutCredentials(url), fileName: locator.fileName(source.url), ...publishedOf(located) };
    },

    async download(source, details) {
      const { package: owner, pin, signal, attempts } = details;
      const tell = createTeller(source, owner, options);
      const find: Find = (sha256) => (details.isCheckedOut ? store.find(sha256) : store.findIntact(sha256, signal));
      const tee = details.tee && createTee(details.tee, { files, signal });
      try {
        const known = knownOf(source, pin);
        const request = { owner, signal, tee, tell, attempts, find };
        const download = (await findStored(source.url, known, find)) ?? (await bring(source, known, request));
        await tee?.complete(download.file);
        tell.finished(download);
        return download;
      } catch (error) {
        tee?.fail(error);
        // Whoever goes online next needs the source, and not what would have been asked first on the way to it.
        throw isFailure(error, 'OFFLINE') ? offline(source.url) : error;
      }
    },
  };
}

function createTools(options: FetcherOptions): TransportTools {
  const http = options.offline ? NO_NETWORK : withCredentials(options.http, options);
  const attempts = createAttempts(options);
  const routes = createRoutes({ ...options, attempts });
  const registry = createRegistry({ http, clock: options.clock, routes });
  const tools: TransportTools = {
    ...{ ...options, http, attempts, routes, registry },
    s3: once(() => createS3(tools)),
    oci: once(() => createOci(tools)),
  };
  return tools;
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** What is known of the bytes, without how to get them. */
function publishedOf({ sha256, integrity, sizeBytes }: Expectation): Expectation {
  return {
    ...(sha256 !== undefined && { sha256 }),
    ...(integrity !== undefined && { integrity }),
    ...(sizeBytes !== undefined && { sizeBytes }),
  };
}

/** With --offline nothing can ask anything, whoever tries. */
const NO_NETWORK: Http = {
  async request({ url }) {
    throw offline(url);
  },
  async [Symbol.asyncDispose]() {},
};

/** What is known of the bytes beforehand. A recipe that was changed overrules what was locked for it. */
function knownOf({ url, sha256: text }: FetchSource, pin: Pin | undefined): Partial<Pin> {
  if (text === undefined) return pin ?? {};
  const sha256 = parseSha256(text);
  if (sha256 !== undefined) return sha256 === pin?.sha256 ? pin : { sha256 };
  throw new Failure('INVALID_VALUE', `Cannot fetch "${redactUrl(url)}": its sha256 is not 64 hexadecimal digits`);
}
