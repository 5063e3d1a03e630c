// A bucket, or what is below a prefix in it, as a store of objects. A version is an ETag.
//
// Writing on a condition is the server's own work where it knows `If-None-Match` and `If-Match`. Some do not, and some
// take them and do nothing: so it is looked at before as well, and what remains there is a race of milliseconds.
import { isFailure } from '../../model/failure.ts';
import type { HttpResponse } from '../../system/http.ts';
import { readWhole } from '../body.ts';
import { MOST_OBJECT_BYTES, type ObjectStore, type WriteOptions } from '../object-store.ts';
import type { TransportTools } from '../transport.ts';
import { parseS3Store, type S3Address } from './address.ts';
import { formatAddress } from './client.ts';
import { upload } from './upload.ts';

export function createS3Store(url: string, tools: TransportTools): ObjectStore {
  const { bucket, key: prefix } = parseS3Store(url);
  const addressOf = (name: string): S3Address => ({ bucket, key: prefix + name });

  /** Asked once: who reads has another way when there is no answer. Undefined when nothing is there. A bucket that is missing is a failure, as far as the server tells. */
  async function ask(
    method: 'GET' | 'HEAD',
    name: string,
    how: { signal: AbortSignal; headers?: Record<string, string> },
  ) {
    try {
      return await tools.s3().send({ method, address: addressOf(name), ...how }, [200, 304]);
    } catch (error) {
      if (isFailure(error, 'SOURCE_NOT_FOUND') && error.facts.said !== 'NoSuchBucket') return undefined;
      throw error;
    }
  }

  async function versionOf(name: string, signal: AbortSignal): Promise<string | undefined> {
    const head = await ask('HEAD', name, { signal });
    await head?.discard();
    return head && etagOf(head);
  }

  return {
    sourceOf: (name) => ({ url: formatAddress(addressOf(name)) }),

    async read(name, signal, known) {
      const headers = known === undefined ? {} : { 'if-none-match': known };
      const answer = await ask('GET', name, { signal, headers });
      if (answer?.status === 304) {
        await answer.discard();
        return 'unchanged';
      }
      return answer && { bytes: await readWhole(answer, MOST_OBJECT_BYTES), version: etagOf(answer) };
    },

    async write(name, content, { onlyIf, signal }) {
      const what = { address: addressOf(name), content, signal };
      if (onlyIf === undefined) return await upload({ ...what, condition: {} }, tools);
      const about = { url: formatAddress(what.address), signal };
      const version = await tools.attempts(about, () => versionOf(name, signal));
      if (version !== (onlyIf === 'absent' ? undefined : onlyIf.version)) return false;
      try {
        return await upload({ ...what, condition: conditionOf(onlyIf) }, tools);
      } catch (error) {
        if (!isFailure(error) || error.facts.status !== 501) throw error;
        return await upload({ ...what, condition: {} }, tools);
      }
    },
  };
}

function etagOf({ headers }: HttpResponse): string {
  return headers.etag ?? '';
}

function conditionOf(onlyIf: NonNullable<WriteOptions['onlyIf']>): Record<string, string> {
  return onlyIf === 'absent' ? { 'if-none-match': '*' } : { 'if-match': onlyIf.version };
}
