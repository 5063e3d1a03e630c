// Asks package registries for their small documents, each once per process. It knows nothing of what is in them.
import { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import { redactUrl } from '../model/redact.ts';
import type { Clock } from '../system/clock.ts';
import type { Http } from '../system/http.ts';
import { refusalOf } from './answer.ts';
import type { Attempts } from './attempts.ts';
import { createSharing } from './sharing.ts';

/** The largest abbreviated npm document today has 10 MB; beyond this somebody is filling our memory. */
const MOST_BYTES = 64 * 1024 * 1024;

export interface Registry {
  /** Asked twice, also at the same time, it asks the network once. */
  /** @throws Failure SOURCE_NOT_FOUND, FETCH_FAILED */
  read(url: string, ask: { headers?: Readonly<Record<string, string>>; signal: AbortSignal }): Promise<Document>;
}

export interface Document {
  /** After redirects: what relative addresses in it start at. */
  url: string;
  text: string;
}

export function createRegistry(options: { http: Http; clock: Clock; attempts: Attempts }): Registry {
  const { http, clock, attempts } = options;
  const share = createSharing<Document>();
  const known = new Map<string, Document>();

  async function ask(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Document> {
    const response = await http.request({ url, headers, signal });
    if (response.status !== 200) {
      await response.discard();
      throw refusalOf(response, clock);
    }
    // What a server says of its size may be wrong, so what comes is counted.
    const chunks: Uint8Array[] = [];
    let sizeBytes = 0;
    for await (const chunk of response.body) {
      sizeBytes += chunk.length;
      if (sizeBytes > MOST_BYTES)
        throw new Failure('FETCH_FAILED', `Cannot read "${redactUrl(url)}": it is larger than 64 MiB`);
      chunks.push(chunk);
    }
    return { url: response.url, text: Buffer.concat(chunks).toString() };
  }

  return {
    async read(url, { headers = {}, signal }) {
      const document =
        known.get(url) ??
        (await share(url, signal, (shared) => attempts({ url, signal: shared }, () => ask(url, headers, shared))));
      known.set(url, document);
      return document;
    },
  };
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
