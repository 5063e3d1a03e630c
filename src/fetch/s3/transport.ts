// `s3://bucket/key`: objects in S3, of Amazon or of any server that speaks its language.
import { parseSha256, type Sha256 } from '../../model/digest.ts';
import { isFailure } from '../../model/failure.ts';
import type { HttpResponse } from '../../system/http.ts';
import type { Expectation, Located } from '../source.ts';
import type { Transport, TransportTools } from '../transport.ts';
import { parseS3Url, type S3Address } from './address.ts';
import { formatAddress, type S3 } from './client.ts';

export function createS3Transport({ s3: open, attempts }: TransportTools): Transport {
  const s3 = open();
  const located = (address: S3Address, facts: Expectation = {}): Located => ({
    // The address that means the same on every machine: where it leads is a matter of region and endpoint.
    url: formatAddress(address),
    ...facts,
    request: (headers, signal) => s3.send({ method: 'GET', address, headers, signal }, [200, 206, 416]),
  });

  return {
    fileName: (url) => parseS3Url(url).key.split('/').at(-1) ?? '',

    async locate({ url }, signal) {
      const address = parseS3Url(url);
      return await attempts({ url, signal }, async () => {
        const head = await askHead(s3, address, signal);
        await head?.discard();
        if (head !== undefined) return located(address, factsOf(head));
        const range = { range: 'bytes=0-0' };
        const answer = await s3.send({ method: 'GET', address, headers: range, signal }, [200, 206, 416]);
        await answer.discard();
        return located(address);
      });
    },

    locatePinned: async ({ url }) => located(parseS3Url(url)),
  };
}

/** Undefined when it is refused: such an answer has no body that says why, so the first byte is to be asked for. */
async function askHead(s3: S3, address: S3Address, signal: AbortSignal): Promise<HttpResponse | undefined> {
  const headers = { 'x-amz-checksum-mode': 'ENABLED' };
  try {
    return await s3.send({ method: 'HEAD', address, headers, signal }, [200]);
  } catch (error) {
    if (!isFailure(error) || error.facts.status === undefined || error.transient) throw error;
    return undefined;
  }
}

/** An ETag is the MD5 of some objects only, and MD5 proves nothing. */
function factsOf({ headers }: HttpResponse): Expectation {
  const sha256 = publishedSha256(headers);
  const sizeBytes = Number(headers['content-length']);
  return { ...(sha256 !== undefined && { sha256 }), ...(Number.isSafeInteger(sizeBytes) && { sizeBytes }) };
}

/** Of the whole object: one that came in parts, as its ETag tells, has a digest of their digests. */
function publishedSha256({ etag = '', ...headers }: HttpResponse['headers']): Sha256 | undefined {
  const text = headers['x-amz-checksum-sha256'] ?? '';
  const isWhole = !/-\d+"?$/.test(etag) && /^[A-Za-z0-9+/]{43}=$/.test(text);
  return isWhole ? parseSha256(Buffer.from(text, 'base64').toString('hex')) : undefined;
}
