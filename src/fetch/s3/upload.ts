// Brings an object into a bucket: at once, or in parts when it is large. The digest of every part is sent along, and the
// server compares.
import type { Sha256 } from '../../model/digest.ts';
import { Failure } from '../../model/failure.ts';
import { sha256OfBytes, sha256OfStream } from '../../system/digest.ts';
import type { HttpBody } from '../../system/http.ts';
import { forEachLimited } from '../../system/parallel.ts';
import { stripControl } from '../../system/terminal.ts';
import { readWhole } from '../body.ts';
import { readBytes } from '../bytes.ts';
import type { ObjectContent } from '../object-store.ts';
import type { TransportTools } from '../transport.ts';
import type { S3Address } from './address.ts';
import { formatAddress } from './client.ts';
import { escapeXml, textOf } from './xml.ts';

export interface Upload {
  address: S3Address;
  content: ObjectContent;
  /** `if-match` or `if-none-match`, or nothing. */
  condition: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

/** One part is enough up to here; what breaks off is sent again as a whole. */
const LARGE_BYTES = 64 * 1024 * 1024;
const PART_BYTES = 32 * 1024 * 1024;
/** Of S3: no upload has more. */
const MOST_PARTS = 10_000;
const PARTS_AT_ONCE = 4;
const MOST_ANSWER_BYTES = 1024 * 1024;
const ABANDON_MS = 5000;
const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** The server's word that the condition does not hold. With If-Match, an object that is gone is 404. */
const REFUSED = [404, 412];

/** False when the condition does not hold. */
export async function upload(what: Upload, tools: TransportTools): Promise<boolean> {
  const { content } = what;
  if (content instanceof Uint8Array) return await putWhole(what, content, sha256OfBytes(content), tools);
  if (content.sizeBytes > LARGE_BYTES) return await putParts(what, content, tools);
  const body = { sizeBytes: content.sizeBytes, chunks: () => readBytes(content.file, tools.files) };
  return await putWhole(what, body, content.sha256, tools);
}

async function putWhole(what: Upload, body: HttpBody, sha256: Sha256, tools: TransportTools): Promise<boolean> {
  const { address, condition, signal } = what;
  const headers = { ...condition, ...checksum(sha256) };
  const refused = Object.keys(condition).length > 0 ? REFUSED : [];
  return await tools.attempts({ url: formatAddress(address), signal }, async () => {
    const sent = await tools.s3().send({ method: 'PUT', address, headers, body, sha256, signal }, [200, ...refused]);
    await sent.discard();
    return sent.status === 200;
  });
}

interface Part {
  number: number;
  start: number;
  end: number;
}

type LargeContent = Exclude<ObjectContent, Uint8Array>;

async function putParts(what: Upload, content: LargeContent, tools: TransportTools): Promise<boolean> {
  const uploadId = await begin(what, tools);
  const done: string[] = [];
  try {
    await forEachLimited(partsOf(content.sizeBytes), PARTS_AT_ONCE, async (part) => {
      done[part.number - 1] = await putPart({ ...what, content }, { ...part, uploadId }, tools);
    });
    const isTaken = await complete(what, { uploadId, parts: done.join('') }, tools);
    if (!isTaken) await abandon(what, uploadId, tools);
    return isTaken;
  } catch (error) {
    await abandon(what, uploadId, tools);
    throw error;
  }
}

/** What lies about there is paid for until somebody notices. Also after a cancel, so not with its signal. */
async function abandon({ address }: Upload, uploadId: string, tools: TransportTools): Promise<void> {
  const signal = AbortSignal.timeout(ABANDON_MS);
  const request = { method: 'DELETE', address, query: { uploadId }, signal } as const;
  await tools
    .s3()
    .send(request, [204])
    .catch(() => {});
}

function* partsOf(sizeBytes: number): Generator<Part> {
  const partBytes = Math.max(PART_BYTES, Math.ceil(sizeBytes / MOST_PARTS));
  for (let number = 1, start = 0; start < sizeBytes; number++, start += partBytes)
    yield { number, start, end: Math.min(start + partBytes, sizeBytes) };
}

async function begin({ address, signal }: Upload, tools: TransportTools): Promise<string> {
  const request = { method: 'POST', address, query: { uploads: '' }, signal } as const;
  const headers = { 'x-amz-checksum-algorithm': 'SHA256' };
  return await tools.attempts({ url: formatAddress(address), signal }, async () => {
    const answer = await tools.s3().send({ ...request, headers }, [200]);
    return textOf((await readWhole(answer, MOST_ANSWER_BYTES)).toString(), 'UploadId') ?? '';
  });
}

/** Answers what the list of parts has of it. */
async function putPart(
  { address, content, signal }: Upload & { content: LargeContent },
  { number, start, end, uploadId }: Part & { uploadId: string },
  tools: TransportTools,
): Promise<string> {
  const chunks = () => readBytes(content.file, tools.files, { start, end });
  const sha256 = await sha256OfStream(chunks());
  const [query, headers] = [{ partNumber: `${number}`, uploadId }, checksum(sha256)];
  const request = { method: 'PUT', address, query, headers, sha256, signal } as const;
  return await tools.attempts({ url: formatAddress(address), signal }, async () => {
    const sent = await tools.s3().send({ ...request, body: { sizeBytes: end - start, chunks } }, [200]);
    await sent.discard();
    const etag = escapeXml(sent.headers.etag ?? '');
    const base64 = headers['x-amz-checksum-sha256'];
    return `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag><ChecksumSHA256>${base64}</ChecksumSHA256></Part>`;
  });
}

async function complete(
  { address, condition, signal }: Upload,
  { uploadId, parts }: { uploadId: string; parts: string },
  tools: TransportTools,
): Promise<boolean> {
  const body = Buffer.from(`<CompleteMultipartUpload xmlns="${NAMESPACE}">${parts}</CompleteMultipartUpload>`);
  const headers = { ...condition, 'content-type': 'application/xml' };
  const request = { method: 'POST', address, query: { uploadId }, headers, signal } as const;
  return await tools.attempts({ url: formatAddress(address), signal }, async () => {
    const answer = await tools.s3().send({ ...request, body, sha256: sha256OfBytes(body) }, [200, 412]);
    const xml = (await readWhole(answer, MOST_ANSWER_BYTES)).toString();
    // The status is sent before the parts are put together: what goes wrong then stands in the body only.
    if (answer.status === 200 && textOf(xml, 'ETag') === undefined) throw unfinished(address, xml);
    return answer.status === 200;
  });
}

function unfinished(address: S3Address, xml: string): Failure {
  const said = stripControl(textOf(xml, 'Message') ?? 'it does not say why');
  const message = `Cannot write "${formatAddress(address)}": the server could not put the parts together (${said})`;
  return new Failure('FETCH_FAILED', message, { transient: textOf(xml, 'Code') === 'InternalError' });
}

function checksum(sha256: Sha256): { 'x-amz-checksum-sha256': string } {
  return { 'x-amz-checksum-sha256': Buffer.from(sha256, 'hex').toString('base64') };
}
