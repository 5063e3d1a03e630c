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
  /** What is known beforehand of the whole file. */
  sizeBytes: number | undefined;
  /** For much more than that: the failure that it is to have found so many bytes. */
  refuse(found: string): Failure;
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
  part.isPatched ||= continues;
  await take(response, part, how);
  const { totalBytes = how.sizeBytes } = part.version;
  if (totalBytes === undefined || part.sizeBytes === totalBytes) return;
  // Nobody has promised anything, and the bytes that came are those of another file.
  if (part.version.totalBytes === undefined && part.sizeBytes > totalBytes) return;
  // A server may answer with less than all that was asked for, and has the rest for the next question (RFC 9110, 15.3.7).
  if (continues && before < part.sizeBytes && part.sizeBytes < totalBytes) return await transfer(part, how, tools);
  throw brokenPromise(part, at, totalBytes);
}

/** What is larger than it should be by no more than this is fetched all the same: its digest says more than its size. */
const CURIOUS_BYTES = 2 ** 20;

/** Stops where there is no room in what was promised, or known: the disk may have none either. */
async function take(response: HttpResponse, part: Part, how: Transfer): Promise<void> {
  const { totalBytes } = part.version;
  const most = how.sizeBytes === undefined ? Number.POSITIVE_INFINITY : how.sizeBytes + CURIOUS_BYTES;
  try {
    if (totalBytes !== undefined && totalBytes > most) throw how.refuse(`${totalBytes}`);
    await how.onStart(part);
  } catch (error) {
    await response.discard();
    throw error;
  }
  for await (const chunk of response.body) {
    const sizeBytes = part.sizeBytes + chunk.length;
    if (totalBytes !== undefined && sizeBytes > totalBytes) throw brokenPromise(part, how.at, totalBytes);
    if (sizeBytes > most) throw how.refuse('more');
    await part.append(chunk);
    how.onProgress({ receivedBytes: sizeBytes, totalBytes });
  }
}

/** Undefined when there is nothing yet, or no name for the version that it is from. */
function rangeOf({ sizeBytes, version }: Part): Record<string, string> | undefined {
  if (sizeBytes === 0 || version.validator === undefined) return undefined;
  return { range: `bytes=${sizeBytes}-`, 'if-range': version.validator };
}

/** Servers that do not know `If-Range` send the rest of whatever they have now: size and ETag show it. */
function isContinuation({ headers }: HttpResponse, { sizeBytes, version }: Part): boolean {
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
  // Somebody has to say where the file ends: of a part alone nobody knows whether it was the last.
  const { totalBytes = Number(total) } = version;
  const sameSize = total === '*' ? version.totalBytes !== undefined : Number(total) === totalBytes;
  const { validator = version.validator } = versionOf({ headers });
  return Number(start) === sizeBytes && sameSize && validator === version.validator;
}

/** Nothing can be continued from here: nobody knows which bytes are too many, or too few. */
function brokenPromise(part: Part, at: Target, totalBytes: number): Failure {
  const isPromised = part.version.totalBytes !== undefined;
  part.version = {};
  const url = redactUrl(at.url);
  const than = isPromised ? 'it has promised' : `are known of: ${part.sizeBytes} instead of ${totalBytes}`;
  const message = `Cannot fetch "${url}": the server sends another number of bytes than ${than}`;
  return new Failure('FETCH_FAILED', message, {
    ...{ transient: true, facts: { url } },
    ...(!isPromised && { hint: 'If the file is shorter by now, remove its entry from galley.lock' }),
  });
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
