// Gets what recipes ask for into the download store: finds it, brings it when the store does not have it, and tells what
// happens. It knows nothing of packages, and of the store only what it needs.
import type { Writable } from 'node:stream';
import { parseSha256 } from '../model/digest.ts';
import type { Emit } from '../model/event.ts';
import { Failure } from '../model/failure.ts';
import type { Pin } from '../model/pin.ts';
import { redactUrl } from '../model/redact.ts';
import type { Clock } from '../system/clock.ts';
import type { Files } from '../system/files.ts';
import type { Http } from '../system/http.ts';
import { createAttempts } from './attempts.ts';
import type { Part } from './part.ts';
import { createReceive, type Stored } from './receive.ts';
import { createRegistry } from './registry.ts';
import { createSharing } from './sharing.ts';
import type { Download, FetchSource, Located, Resolved, Store } from './source.ts';
import { createTee, type Tee } from './tee.ts';
import { createTransports } from './transport.ts';

export type { Download, FetchSource, Resolved, Store } from './source.ts';

export interface FetcherOptions {
  http: Http;
  store: Store;
  files: Files;
  clock: Clock;
  /** From 0 up to 1. */
  random: () => number;
  emit: Emit;
  offline: boolean;
  /** For the configuration of the registries' clients. */
  env: Readonly<Record<string, string | undefined>>;
  /** Where a project keeps its `.npmrc` and `.cargo/config.toml`. */
  projectDir: string;
}

export interface DownloadOptions {
  signal: AbortSignal;
  /** Whose download it is, for events. */
  package?: string | undefined;
  /** What galley.lock has of this source; another sha256 in the recipe overrules it. */
  pin?: Pin | undefined;
  /** Gets the same bytes in the same pass; ends only after they are verified, is destroyed when they are not. */
  tee?: Writable | undefined;
}

export interface Fetcher {
  /** Where the bytes are; asks a registry at most once per process. */
  resolve(source: FetchSource, signal: AbortSignal): Promise<Resolved>;
  /** @throws Failure SOURCE_UNSUPPORTED, SOURCE_NOT_FOUND, FETCH_FAILED, DIGEST_MISMATCH, OFFLINE, INVALID_VALUE */
  download(source: FetchSource, options: DownloadOptions): Promise<Download>;
}

/** Interfaces redraw about ten times in a second; more events than that only fill traces. */
const PROGRESS_MS = 100;

export function createFetcher(options: FetcherOptions): Fetcher {
  const { store, files, clock, emit } = options;
  const http = options.offline ? NO_NETWORK : options.http;
  const attempts = createAttempts(options);
  const transportOf = createTransports({ ...options, registry: createRegistry({ http, clock, attempts }) });
  const receive = createReceive({ http, store, files, clock, attempts });
  const share = createSharing<Stored>();

  const answer = (
    source: FetchSource,
    url: string,
    { file, sha256, sizeBytes }: Stored,
    from: Download['from'],
  ): Download => {
    const fileName = transportOf(source.url).fileName(source.url);
    return { source: source.url, url: plainUrl(url), fileName, sha256, sizeBytes, file, from };
  };

  async function findStored(
    source: FetchSource,
    { sha256, url = source.url }: Partial<Pin>,
  ): Promise<Download | undefined> {
    const stored = sha256 && (await store.find(sha256));
    return stored && answer(source, url, { ...stored, sha256 }, 'store');
  }

  async function locate(source: FetchSource, pinned: string | undefined, signal: AbortSignal): Promise<Located> {
    const transport = transportOf(source.url);
    // A pin made from the store alone has no other address than the source.
    const located =
      pinned === undefined || pinned === source.url ? undefined : await transport.locatePinned(source, pinned);
    return located ?? (await transport.locate(source, signal));
  }

  async function bring(
    source: FetchSource,
    known: Partial<Pin>,
    details: DownloadOptions,
    tee: Tee | undefined,
  ): Promise<Download> {
    const { signal } = details;
    const located: Located = await locate(source, known.url, signal);
    const wanted: Located = { ...located, ...known, url: located.url };
    const stored = await findStored(source, wanted);
    if (stored !== undefined) return stored;

    const about = aboutOf(source, details);
    emit({ type: 'fetch.started', ...about, ...sizeOf(wanted.sizeBytes) });
    let reportedMs = Number.NEGATIVE_INFINITY;
    const onProgress = ({ sizeBytes: receivedBytes, version }: Part) => {
      if (clock.monotonicMs() - reportedMs < PROGRESS_MS) return;
      reportedMs = clock.monotonicMs();
      emit({ type: 'fetch.progress', ...about, receivedBytes, ...sizeOf(version.totalBytes) });
    };
    // One download for all who want the same at the same time: the tee of the first gets the bytes as they come.
    const brought = await share(JSON.stringify(wanted), signal, (shared) =>
      receive({ located: wanted, package: details.package, tee, signal: shared, onProgress }),
    );
    return answer(source, wanted.url, brought, wanted.url.startsWith('file:') ? 'file' : 'network');
  }

  return {
    async resolve(source, signal) {
      const transport = transportOf(source.url);
      const { headers: _, url, ...published } = await transport.locate(source, signal);
      return { url: plainUrl(url), fileName: transport.fileName(source.url), ...published };
    },

    async download(source, details) {
      const tee = details.tee && createTee(details.tee, { files, signal: details.signal });
      try {
        const known = knownOf(source, details.pin);
        const download = (await findStored(source, known)) ?? (await bring(source, known, details, tee));
        await tee?.complete(download.file);
        const { sha256, sizeBytes, from } = download;
        emit({ type: 'fetch.finished', ...aboutOf(source, details), sha256, sizeBytes, from });
        return download;
      } catch (error) {
        tee?.fail(error);
        throw error;
      }
    },
  };
}

/** With --offline nothing can ask anything, whoever tries. */
const NO_NETWORK: Http = {
  async request({ url }) {
    const shown = redactUrl(url);
    const hint = 'Run once without --offline: what is downloaded then is kept';
    throw new Failure('OFFLINE', `Cannot fetch "${shown}": --offline forbids it`, { hint, facts: { url: shown } });
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

function aboutOf({ url }: FetchSource, { package: owner }: DownloadOptions): { url: string; package?: string } {
  return { url: redactUrl(url), ...(owner !== undefined && { package: owner }) };
}

function sizeOf(sizeBytes: number | undefined): { sizeBytes?: number } {
  return sizeBytes === undefined ? {} : { sizeBytes };
}

/** Without user name and password: answers are written into lock files. */
function plainUrl(url: string): string {
  return /^https?:/i.test(url) ? Object.assign(new URL(url), { username: '', password: '' }).href : url;
}
