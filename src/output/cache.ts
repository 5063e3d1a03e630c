// Places a file of an asset. The cache knows what its bytes have to be, so damage in it is found here.
import { Failure } from '../model/failure.ts';
import type { OutputSource } from '../model/output.ts';
import type { OutputStrategy } from './strategy.ts';

type CacheSource = Extract<OutputSource, { kind: 'cache' }>;

export const cacheStrategy: OutputStrategy<CacheSource> = {
  name: 'cache',
  priority: 100,
  canHandle: (source): source is CacheSource => source.kind === 'cache',
  supply({ file, sha256 }) {
    if (sha256 !== undefined) return { from: file, sha256 };
    const message = `the cache has no record of "${file}" that can be trusted`;
    throw new Failure('VERIFICATION_FAILED', message, { facts: { path: file } });
  },
};
