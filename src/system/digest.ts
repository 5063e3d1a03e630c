// SHA-256 of text, bytes and files: the one digest of this house.
import { createHash, hash } from 'node:crypto';
import type { Sha256 } from '../model/digest.ts';
import type { Algorithm } from '../model/integrity.ts';
import { readChunks } from './chunks.ts';
import { FILES_AT_ONCE, narrow } from './parallel.ts';

export function sha256OfBytes(data: string | Uint8Array): Sha256 {
  return hash('sha256', data, 'hex') as Sha256;
}

/** A digest that grows chunk by chunk. */
export interface Digest {
  update(bytes: Uint8Array): void;
  /** Of the bytes until now; the digest goes on. */
  soFar(): Sha256;
  /** Ends the digest; may be called once. */
  finish(): Sha256;
}

export function createSha256(): Digest {
  const state = createHash('sha256');
  return {
    update: (bytes) => void state.update(bytes),
    soFar: () => state.copy().digest('hex') as Sha256,
    finish: () => state.digest('hex') as Sha256,
  };
}

/** What registries publish of a file: Subresource Integrity, such as `sha512-` and base64. */
export function createIntegrity(algorithm: Algorithm): { update(bytes: Uint8Array): void; soFar(): string } {
  const state = createHash(algorithm);
  return {
    update: (bytes) => void state.update(bytes),
    soFar: () => `${algorithm}-${state.copy().digest('base64')}`,
  };
}

const atOnce = narrow(FILES_AT_ONCE);

/** @param signal ends it between two pieces: a file that is nothing but holes can have more bytes than a day has time for */
export function sha256OfFile(file: string, signal?: AbortSignal): Promise<Sha256> {
  return atOnce(() => sha256OfStream(readChunks(file), signal));
}

/** Digest of what a stream still has to give. */
export async function sha256OfStream(chunks: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<Sha256> {
  const digest = createSha256();
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    digest.update(chunk);
  }
  return digest.finish();
}
