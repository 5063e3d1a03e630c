// One attempt to get the rest of a file from its server. What the server says decides whether the bytes that are here
// already stay (RFC 9110, 13 and 14).
import { Failure } from '../model/failure.ts';
import { placeOf } from '../model/prefix.ts';
import { redactUrl } from '../model/redact.ts';
import type { Clock } from '../system/clock.ts';
import type { Http, HttpResponse } from '../system/http.ts';
import { refusalOf } from './answer.ts';
import type { Part, PartVersion } from './part.ts';
import type { Target } from './routes.ts';

export interface Transfer {
  at: Target;
  signal: AbortSignal;
  /** Is told which version of the file comes, before its first byte. */
  onStart(part: Part): Promise<void>;
  onProgress(progress: { receivedBytes: number; totalBytes?: number | undefined }): void;
}

export interface TransferTools {
  http: Http;
  clock: Clock;
}

export async function transfer(part: Part, how: Transfer, tools: TransferTools): Promise<void> {
  const { at, signal } = how;
  // What two servers call by one name need not be the same bytes.
  if (part.sizeBytes > 0 && part.version.server !== placeOf(at.url)) await part.restart();
  // A process that ended between the last byte and the store.
  if (part.sizeBytes > 0 && part.sizeBytes === part.version.totalBytes) return;

  const range = rangeOf(part);
  const response = await (at.request
    ? at.request(range ?? {}, signal)
    : tools.http.request({ url: at.url, headers: { ...at.headers, ...range }, connection: at.connection, signal }));
  const { status } = response;
  const before = part.sizeBytes;
  const continues = range !== undefined && status === 206 && isContinuation(response, part);
  if (continues) part.version = { ...totalOf(response), ...part.version };
  if (range !== undefined && (status === 416 || status === 206) && !continues) {
    await response.discard();
    await part.restart();
    return await transfer(part, how, tools);
  }
  if (!continues && status !== 200) {
    await response.discard();
    throw refusalOf(response, tools.clock);
  }
  if (!continues) {
    // The server cannot resume, or has another version of the file by now.
    if (part.sizeBytes > 0) await part.restart();
    part.version = { ...versionOf(response), server: placeOf(at.url) };
  }
  await how.onStart(part);
  for await (const chunk of response.body) {
    await part.append(chunk);
    how.onProgress({ receivedBytes: part.sizeBytes, totalBytes: part.version.totalBytes });
  }
  const { totalBytes = part.sizeBytes } = part.version;
  if (part.sizeBytes === totalBytes) return;
  // A server may answer with less than all that was asked for, and has the rest for the next question (RFC 9110, 15.3.7).
  if (continues && before < part.sizeBytes && part.sizeBytes < totalBytes) return await transfer(part, how, tools);
  part.version = {};
  throw brokenPromise(at);
}

/** Undefined when there is nothing yet, or no name for the version that it is from. */
function rangeOf({ sizeBytes, version }: Part): Record<string, string> | undefined {
  if (sizeBytes === 0 || version.validator === undefined) return undefined;
  return { range: `bytes=${sizeBytes}-`, 'if-range': version.validator };
}

/** Servers that do not know `If-Range` send the rest of whatever they have now: size and ETag show it. */
function isContinuation({ headers }: HttpResponse, { sizeBytes, version }: Part): boolean {
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
  const sameSize = total === '*' || version.totalBytes === undefined || Number(total) === version.totalBytes;
  const { validator = version.validator } = versionOf({ headers });
  return Number(start) === sizeBytes && sameSize && validator === version.validator;
}

function brokenPromise(at: Target): Failure {
  const url = redactUrl(at.url);
  const message = `Cannot fetch "${url}": the server sends another number of bytes than it has promised`;
  return new Failure('FETCH_FAILED', message, { transient: true, facts: { url } });
}

/** Of the whole file, as an answer with a part of it says. */
function totalOf({ headers }: HttpResponse): Pick<PartVersion, 'totalBytes'> {
  const [, total] = /\/(\d+)$/.exec(headers['content-range'] ?? '') ?? [];
  return total === undefined ? {} : { totalBytes: Number(total) };
}

/** A weak ETag names what looks alike, not what is equal byte by byte. */
function versionOf({ headers }: Pick<HttpResponse, 'headers'>): PartVersion {
  const { etag, 'last-modified': lastModified, 'content-length': length } = headers;
  const validator = etag !== undefined && !etag.startsWith('W/') ? etag : lastModified;
  return { ...(validator !== undefined && { validator }), ...(length !== undefined && { totalBytes: Number(length) }) };
}
