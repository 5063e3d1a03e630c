// Brings an object into a bucket, at once or in parts. Its digest is sent along, and the server compares.
import type { Sha256 } from '../../model/digest.ts';
import { sha256OfBytes } from '../../system/digest.ts';
import type { HttpBody } from '../../system/http.ts';
import { readBytes } from '../bytes.ts';
import type { TransportTools } from '../transport.ts';
import { base64Of, deliver, type Upload } from './delivery.ts';
import { putParts } from './multipart.ts';

/** One request is enough up to here; what breaks off is sent again as a whole. */
const LARGE_BYTES = 64 * 1024 * 1024;

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
  const checksum = base64Of(sha256);
  const headers = { ...condition, 'x-amz-checksum-sha256': checksum };
  const refused = Object.keys(condition).length > 0 ? REFUSED : [];
  return await deliver(what, checksum, tools, async () => {
    const sent = await tools.s3().send({ method: 'PUT', address, headers, body, sha256, signal }, [200, ...refused]);
    await sent.discard();
    return sent.status === 200;
  });
}
