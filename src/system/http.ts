// Requests over HTTP: proxies, redirects, time-outs, and failures in the words of this house. It knows nothing of what
// is fetched or sent, and tries everything once.
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { basicOf } from '../model/basic.ts';
import { Failure } from '../model/failure.ts';
import { redactUrl } from '../model/redact.ts';
import type { Agents, Connection } from './agents.ts';
import { type HttpAttempt, httpFailure } from './http-failure.ts';

export type HttpMethod = 'GET' | 'HEAD' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';

/** What is sent: its length is told beforehand, since many servers take nothing else. */
export type HttpBody = Uint8Array | { sizeBytes: number; chunks(): AsyncIterable<Uint8Array> };

export interface HttpRequest {
  /** May carry a user name and a password. */
  url: string;
  method?: HttpMethod;
  /** Secrets: they are shown nowhere. */
  headers?: Readonly<Record<string, string>>;
  /** Its chunks are asked for again when a redirect wants the body elsewhere. */
  body?: HttpBody | undefined;
  /** `answer`: a redirect is an answer like any other, for requests that are good for one address only. */
  redirect?: 'follow' | 'answer';
  connection?: Connection | undefined;
  signal: AbortSignal;
}

export interface HttpResponse {
  /** The address after redirects, without credentials. */
  url: string;
  status: number;
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>;
  /** The bytes as the server stores them. Read it to its end, leave the loop early, or `discard` it. */
  body: AsyncIterable<Uint8Array>;
  discard(): Promise<void>;
}

export interface HttpTimeouts {
  connectMs: number;
  /** The longest silence before the answer and within it. */
  stallMs: number;
}

export interface Http {
  /** Any status is an answer; only a connection that fails is `FETCH_FAILED`. */
  request(request: HttpRequest): Promise<HttpResponse>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Mirrors that are cut off in the dark need some time to be noticed; nobody wants to watch nothing for longer. */
const TIMEOUTS: HttpTimeouts = { connectMs: 15_000, stallMs: 30_000 };
/** Where browsers stop, too: a longer chain is a loop. */
const MOST_REDIRECTS = 20;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** What a redirect to somebody else may carry along: these say nothing about us. */
const HARMLESS = /^(?:accept(?:-encoding)?|if-(?:match|none-match|range)|range|user-agent|content-(?:range|type))$/;

/** `env` says which proxies there are, and which certificates are believed. */
export function createHttp(options: {
  env: Readonly<Record<string, string | undefined>>;
  timeouts?: Partial<HttpTimeouts>;
}): Http {
  const timeouts = { ...TIMEOUTS, ...options.timeouts };
  let agents: Promise<Agents> | undefined;
  /** Loading what speaks http takes longer than all of a run that fetches nothing. */
  const openAgents = async () => (await import('./agents.ts')).createAgents({ env: options.env, timeouts });

  const send = async (url: URL, request: HttpRequest): Promise<HttpResponse> => {
    const { method = 'GET', headers, body, connection = {}, signal } = request;
    const plain = withoutCredentials(url);
    const attempt: HttpAttempt = { url: plain, method, signal, timeouts };
    try {
      const target = { origin: url.origin, path: url.pathname + url.search, method, signal };
      agents ??= openAgents();
      const { agent, proxy } = await (await agents).agentFor(url, connection);
      attempt.proxy = proxy;
      const answer = await agent.request({
        ...target,
        ...bodyOf(body),
        headers: { ...FIRST_HEADERS, ...basic(url), ...headers, ...lengthOf(body) },
      });
      return {
        url: plain,
        status: answer.statusCode,
        headers: flatten(answer.headers),
        body: named(answer.body, attempt),
        discard: () => drain(answer.body),
      };
    } catch (error) {
      throw httpFailure(error, attempt);
    }
  };

  return {
    async request(request) {
      let url = parseUrl(request.url);
      let next = request;
      for (let redirects = 0; ; redirects++) {
        const response = await send(url, next);
        const { location } = response.headers;
        const isRedirect = REDIRECTS.has(response.status) && location !== undefined;
        if (!isRedirect || request.redirect === 'answer') return response;
        await response.discard();
        const target = parseRedirect(location, url);
        if (redirects === MOST_REDIRECTS) throw refused(url, `it redirects more than ${MOST_REDIRECTS} times`);
        next = redirected(next, response.status);
        if (target.origin !== url.origin) next = { ...next, headers: harmlessHeaders(next.headers) };
        url = target;
      }
    },
    async [Symbol.asyncDispose]() {
      await (await agents)?.[Symbol.asyncDispose]();
    },
  };
}

/** The rest of an answer that nobody reads is not worth more than a new connection: it may never end. */
const DRAIN_MS = 100;
const DRAIN_BYTES = 128 * 1024;

/** Reads what there is, for then the connection can be used again; then gives it up. */
async function drain(body: Dispatcher.ResponseData['body']): Promise<void> {
  // What is thrown away cannot fail.
  await body.dump({ limit: DRAIN_BYTES, signal: AbortSignal.timeout(DRAIN_MS) }).catch(() => {});
}

/** Asking for no compression: a .tar.gz must not be unpacked on its way, and Range counts bytes of the file. */
const FIRST_HEADERS = { 'accept-encoding': 'identity', 'user-agent': 'galley' };

/** Failures in the middle of the body get the same words as those before it. */
async function* named(body: AsyncIterable<Uint8Array>, attempt: HttpAttempt): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw httpFailure(error, attempt);
  }
}

/** 307 and 308 want the same request elsewhere; the others want its answer to be fetched there (RFC 9110, 15.4). */
function redirected(request: HttpRequest, status: number): HttpRequest {
  const { method = 'GET', body: _, headers = {}, ...rest } = request;
  const keeps = status === 307 || status === 308 || method === 'GET' || method === 'HEAD';
  // Only a POST is turned into a GET by 301 and 302: that is what browsers do, and what servers have come to mean.
  if (keeps || (status !== 303 && method !== 'POST')) return request;
  const ofBody = /^content-/i;
  const kept = Object.entries(headers).filter(([name]) => !ofBody.test(name));
  return { ...rest, method: 'GET', headers: Object.fromEntries(kept) };
}

function bodyOf(body: HttpBody | undefined): { body?: Uint8Array | Readable } {
  if (body === undefined || body instanceof Uint8Array) return { ...(body && { body }) };
  return { body: Readable.from(body.chunks(), { objectMode: false }) };
}

function lengthOf(body: HttpBody | undefined): Record<string, string> {
  if (body === undefined) return {};
  return { 'content-length': `${body instanceof Uint8Array ? body.length : body.sizeBytes}` };
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && (url.protocol === 'https:' || url.protocol === 'http:')) return url;
  throw new Failure('INVALID_VALUE', `Cannot fetch "${redactUrl(text)}": it is not an http or https URL`);
}

function parseRedirect(location: string, from: URL): URL {
  const next = URL.parse(location, from.href);
  if (next === null || !/^https?:$/.test(next.protocol))
    throw refused(from, 'it redirects to an address that is not http or https');
  // Whoever asks for https wants to be sure of the server; a redirect must not talk them out of it.
  if (from.protocol === 'https:' && next.protocol === 'http:') throw refused(from, 'it redirects from https to http');
  // Credentials in the address belong to it as headers do: they stay at home, and nobody hands us new ones.
  const [username, password] = next.origin === from.origin ? [from.username, from.password] : ['', ''];
  return Object.assign(next, { username, password });
}

function refused(url: URL, reason: string): Failure {
  const plain = withoutCredentials(url);
  return new Failure('FETCH_FAILED', `Cannot fetch "${redactUrl(plain)}": ${reason}`, {
    facts: { url: redactUrl(plain) },
  });
}

function withoutCredentials(url: URL): string {
  return Object.assign(new URL(url.href), { username: '', password: '' }).href;
}

function basic(url: URL): Record<string, string> {
  const authorization = basicOf(url);
  return authorization === undefined ? {} : { authorization };
}

/** Those that say nothing about us. */
export function harmlessHeaders(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => HARMLESS.test(name.toLowerCase())));
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : value,
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
