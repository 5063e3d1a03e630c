// Brings bytes into a repository: at once, or in chunks when there are many (OCI Distribution Specification, "Pushing
// blobs"). Bytes that are there already are not sent.
import type { Sha256 } from '../../model/digest.ts';
import { Failure } from '../../model/failure.ts';
import { sha256OfBytes } from '../../system/digest.ts';
import type { HttpBody, HttpResponse } from '../../system/http.ts';
import { readBytes } from '../bytes.ts';
import type { ObjectContent } from '../object-store.ts';
import type { TransportTools } from '../transport.ts';
import { apiUrl, formatRepository, type OciRepository } from './reference.ts';

/** What a manifest says of the bytes. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

interface Blob {
  repository: OciRepository;
  digest: string;
  sizeBytes: number;
  /** A part of the bytes. */
  slice(start: number, end: number): HttpBody;
  signal: AbortSignal;
}

/** Proxies before registries often stop at some hundred megabytes. */
const CHUNK_BYTES = 64 * 1024 * 1024;

export async function pushBlob(
  what: { repository: OciRepository; content: ObjectContent; mediaType: string; signal: AbortSignal },
  tools: TransportTools,
): Promise<Descriptor> {
  const { repository, content, mediaType, signal } = what;
  const { sha256, sizeBytes, slice } = partsOf(content, tools);
  const blob: Blob = { repository, digest: `sha256:${sha256}`, sizeBytes, slice, signal };
  // A connection that breaks leaves nobody knowing how much has arrived, so each attempt begins anew.
  await tools.attempts({ url: formatRepository(repository), signal }, async () => {
    if (!(await isThere(blob, tools))) await send(blob, tools);
  });
  return { mediaType, digest: blob.digest, size: sizeBytes };
}

function partsOf(
  content: ObjectContent,
  { files }: TransportTools,
): Pick<Blob, 'sizeBytes' | 'slice'> & { sha256: Sha256 } {
  if (content instanceof Uint8Array) {
    const slice = (start: number, end: number) => content.subarray(start, end);
    return { sizeBytes: content.length, sha256: sha256OfBytes(content), slice };
  }
  const { file, sizeBytes, sha256 } = content;
  const slice = (start: number, end: number) => {
    return { sizeBytes: end - start, chunks: () => readBytes(file, files, { start, end }) };
  };
  return { sizeBytes, sha256, slice };
}

async function isThere({ repository, digest, signal }: Blob, { oci }: TransportTools): Promise<boolean> {
  const path = `blobs/${digest}`;
  const found = await oci().send({ method: 'HEAD', repository, path, action: 'push', signal }, [200, 404]);
  await found.discard();
  return found.status === 200;
}

async function send(blob: Blob, { oci }: TransportTools): Promise<void> {
  const { repository, digest, sizeBytes, slice, signal } = blob;
  const about = { repository, action: 'push', signal } as const;
  const begun = await oci().send({ ...about, method: 'POST', path: 'blobs/uploads/', body: new Uint8Array() }, [202]);
  let place = await nextPlace(begun, blob);
  let start = 0;
  // What fits into one request is sent with the one that ends the upload.
  while (sizeBytes - start > CHUNK_BYTES) {
    const end = start + CHUNK_BYTES;
    const headers = { 'content-type': OCTETS, 'content-range': `${start}-${end - 1}` };
    const body = slice(start, end);
    place = await nextPlace(await oci().send({ ...about, method: 'PATCH', path: place, headers, body }, [202]), blob);
    start = end;
  }
  const last = new URL(place);
  last.searchParams.set('digest', digest);
  const range = start > 0 ? { 'content-range': `${start}-${sizeBytes - 1}` } : {};
  const headers = { 'content-type': OCTETS, ...range };
  const body = slice(start, sizeBytes);
  const done = await oci().send({ ...about, method: 'PUT', path: last.href, headers, body }, [201]);
  await done.discard();
}

const OCTETS = 'application/octet-stream';

/** Where the registry wants the next bytes. It may be anywhere, but not without TLS where it has some. */
async function nextPlace(response: HttpResponse, { repository }: Blob): Promise<string> {
  await response.discard();
  const next = URL.parse(response.headers.location ?? '', response.url);
  const isWeb =
    next?.protocol === 'https:' || (next?.protocol === 'http:' && apiUrl(repository, '').startsWith('http:'));
  if (next !== null && isWeb) return next.href;
  const shown = formatRepository(repository);
  throw new Failure('FETCH_FAILED', `Cannot write "${shown}": the registry does not say where it wants the bytes`, {
    facts: { url: shown },
  });
}
