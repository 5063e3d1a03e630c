// Sends an object until the server has it, and knows it again when an answer got lost on its way back.
import type { Sha256 } from '../../model/digest.ts';
import type { ObjectContent } from '../object-store.ts';
import type { TransportTools } from '../transport.ts';
import type { S3Address } from './address.ts';
import { formatAddress } from './client.ts';

export interface Upload {
  address: S3Address;
  content: ObjectContent;
  /** `if-match` or `if-none-match`, or nothing. */
  condition: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

/** `checksum`: what the server publishes of the object. `send` answers false when the condition does not hold. */
export async function deliver(
  { address, signal }: Upload,
  checksum: string,
  tools: TransportTools,
  send: () => Promise<boolean>,
): Promise<boolean> {
  let isRepeated = false;
  return await tools.attempts({ url: formatAddress(address), signal }, async () => {
    // An earlier attempt may have arrived: sent again, it would meet itself and be refused.
    if (isRepeated && (await publishedChecksum(address, tools, signal)) === checksum) return true;
    isRepeated = true;
    return await send();
  });
}

async function publishedChecksum(
  address: S3Address,
  { s3 }: TransportTools,
  signal: AbortSignal,
): Promise<string | undefined> {
  const headers = { 'x-amz-checksum-mode': 'ENABLED' };
  const head = await s3().send({ method: 'HEAD', address, headers, signal }, [200, 403, 404]);
  await head.discard();
  // After a dash stands in how many parts it came.
  return head.headers['x-amz-checksum-sha256']?.replace(/-\d+$/, '');
}

/** As S3 writes digests. */
export function base64Of(sha256: Sha256): string {
  return Buffer.from(sha256, 'hex').toString('base64');
}
