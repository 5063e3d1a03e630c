// The whole body of an answer, where it is a document and no download.
import { Failure } from '../model/failure.ts';
import { redactUrl } from '../model/redact.ts';
import type { HttpResponse } from '../system/http.ts';

/** What a server says of the size may be wrong, so what comes is counted. */
export async function readWhole({ url, body }: HttpResponse, mostBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    sizeBytes += chunk.length;
    if (sizeBytes > mostBytes) {
      const shown = redactUrl(url);
      const message = `Cannot read "${shown}": it is larger than ${Math.floor(mostBytes / 1024 / 1024)} MiB`;
      throw new Failure('FETCH_FAILED', message, { facts: { url: shown } });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
