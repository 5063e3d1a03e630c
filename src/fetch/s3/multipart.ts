// Brings a large object into a bucket in parts, several at a time: what breaks off costs one part. The digest of every
// part is sent along, and the server compares.
import type { Sha256 } from '../../model/digest.ts';
import { Failure } from '../../model/failure.ts';
import { sha256OfBytes, sha256OfStream } from '../../system/digest.ts';
import { forEachLimited } from '../../system/parallel.ts';
import { stripControl } from '../../system/terminal.ts';
import { readWhole } from '../body.ts';
import { readBytes } from '../bytes.ts';
import type { ObjectContent } from '../object-store.ts';
import type { TransportTools } from '../transport.ts';
import type { S3Address } from './address.ts';
import { formatAddress } from './client.ts';
import { base64Of, deliver, type Upload } from './delivery.ts';
import { escapeXml, textOf } from './xml.ts';

const PART_BYTES = 32 * 1024 * 1024;
/** Of S3: no upload has more. */
const MOST_PARTS = 10_000;
const PARTS_AT_ONCE = 4;
const MOST_ANSWER_BYTES = 1024 * 1024;
const ABANDON_MS = 5000;
const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

interface Part {
  number: number;
  start: number;
  end: number;
}

type LargeContent = Exclude<ObjectContent, Uint8Array>;

/** What the server has said of a part. */
interface SentPart {
  etag: string;
  sha256: Sha256;
}

/** False when the condition does not hold. */
export async function putParts(what: Upload, content: LargeContent, tools: TransportTools): Promise<boolean> {
  const uploadId = await begin(what, tools);
  const sent: SentPart[] = [];
  try {
    await forEachLimited(partsOf(content.sizeBytes), PARTS_AT_ONCE, async (part) => {
      sent[part.number - 1] = await putPart({ ...what, content }, { ...part, uploadId }, tools);
    });
    const isTaken = await complete(what, { uploadId, sent }, tools);
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

async function putPart(
  { address, content, signal }: Upload & { content: LargeContent },
  { number, start, end, uploadId }: Part & { uploadId: string },
  tools: TransportTools,
): Promise<SentPart> {
  const chunks = () => readBytes(content.file, tools.files, { start, end });
  const sha256 = await sha256OfStream(chunks());
  const [query, headers] = [{ partNumber: `${number}`, uploadId }, { 'x-amz-checksum-sha256': base64Of(sha256) }];
  const request = { method: 'PUT', address, query, headers, sha256, signal } as const;
  return await tools.attempts({ url: formatAddress(address), signal }, async () => {
    const sent = await tools.s3().send({ ...request, body: { sizeBytes: end - start, chunks } }, [200]);
    await sent.discard();
    return { etag: sent.headers.etag ?? '', sha256 };
  });
}

async function complete(
  what: Upload,
  { uploadId, sent }: { uploadId: string; sent: readonly SentPart[] },
  tools: TransportTools,
): Promise<boolean> {
  const { address, condition, signal } = what;
  const body = Buffer.from(
    `<CompleteMultipartUpload xmlns="${NAMESPACE}">${formatParts(sent)}</CompleteMultipartUpload>`,
  );
  const headers = { ...condition, 'content-type': 'application/xml' };
  const request = { method: 'POST', address, query: { uploadId }, headers, signal } as const;
  // Of an object in parts, the digest of the digests of its parts is published.
  const digests = sha256OfBytes(Buffer.concat(sent.map(({ sha256 }) => Buffer.from(sha256, 'hex'))));
  return await deliver(what, base64Of(digests), tools, async () => {
    const answer = await tools.s3().send({ ...request, body, sha256: sha256OfBytes(body) }, [200, 412]);
    const xml = (await readWhole(answer, MOST_ANSWER_BYTES)).toString();
    // The status is sent before the parts are put together: what goes wrong then stands in the body only.
    if (answer.status === 200 && textOf(xml, 'ETag') === undefined) throw unfinished(address, xml);
    return answer.status === 200;
  });
}

function formatParts(sent: readonly SentPart[]): string {
  const lines = sent.map(({ etag, sha256 }, index) => [
    `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escapeXml(etag)}</ETag>`,
    `<ChecksumSHA256>${base64Of(sha256)}</ChecksumSHA256></Part>`,
  ]);
  return lines.flat().join('');
}

function unfinished(address: S3Address, xml: string): Failure {
  const said = stripControl(textOf(xml, 'Message') ?? 'it does not say why');
  const message = `Cannot write "${formatAddress(address)}": the server could not put the parts together (${said})`;
  return new Failure('FETCH_FAILED', message, { transient: textOf(xml, 'Code') === 'InternalError' });
}
