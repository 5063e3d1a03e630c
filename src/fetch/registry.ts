// Asks package registries for their small documents, each once per process. It knows nothing of what is in them.
import { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import { placeOf } from '../model/prefix.ts';
import { redactUrl, withoutCredentials } from '../model/redact.ts';
import type { Clock } from '../system/clock.ts';
import type { Http, HttpResponse } from '../system/http.ts';
import { refusalOf } from './answer.ts';
import { readWhole } from './body.ts';
import type { Routes, Target } from './routes.ts';
import { createSharing } from './sharing.ts';

/** The largest abbreviated npm document today has 10 MB; beyond this somebody is filling our memory. */
const MOST_BYTES = 64 * 1024 * 1024;

export interface Registry {
  /** Asked twice, also at the same time, it asks the network once. */
  /** @throws Failure SOURCE_NOT_FOUND, FETCH_FAILED */
  read(url: string, ask: Pick<Target, 'headers' | 'connection'> & { signal: AbortSignal }): Promise<Document>;
}

export interface Document {
  /** After redirects: what relative addresses in it start at. */
  url: string;
  text: string;
}

export function createRegistry(options: { http: Http; clock: Clock; routes: Routes }): Registry {
  const { http, clock, routes } = options;
  const share = createSharing<Document>();
  const known = new Map<string, Document>();

  async function load(at: Target, url: string, signal: AbortSignal): Promise<Document> {
    const response = await http.request({ url: at.url, headers: at.headers ?? {}, connection: at.connection, signal });
    if (response.status !== 200) {
      await response.discard();
      throw refusalOf(response, clock);
    }
    const bytes = await decode(await readWhole(response, MOST_BYTES), response);
    // What a mirror hands out is to be read as if it came from where it is from.
    const isRedirected = placeOf(response.url) !== placeOf(at.url);
    return { url: isRedirected ? response.url : withoutCredentials(url), text: bytes.toString() };
  }

  return {
    async read(url, { signal, ...ask }) {
      const document =
        known.get(url) ??
        (await share(url, signal, (shared) =>
          routes({ url, ...ask }, { signal: shared }, (at) => load(at, url, shared)),
        ));
      known.set(url, document);
      return document;
    },
  };
}

/** Nobody asked for it, but stores of static files hand out what was compressed before it was put there. */
async function decode(bytes: Buffer, { headers, url }: HttpResponse): Promise<Buffer> {
  if (headers['content-encoding'] !== 'gzip') return bytes;
  const { gunzipSync } = await import('node:zlib');
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch (error) {
    const message = `Cannot read "${redactUrl(url)}": what the server calls gzip is not, or is larger than 64 MiB`;
    throw new Failure('FETCH_FAILED', message, { cause: error });
  }
}

/** The document as JSON. A proxy that wants a log-in often answers with a page, and status 200. */
export function parseAnswer(text: string, url: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    const message = `Cannot read "${redactUrl(url)}": the answer is not JSON`;
    throw new Failure('FETCH_FAILED', message, { facts: { url: redactUrl(url) }, cause: error });
  }
}
