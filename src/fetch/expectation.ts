// Whether the bytes are those that were asked for, and what to say when they are not.
import { Failure } from '../model/failure.ts';
import { redactUrl } from '../model/redact.ts';
import type { Expectation } from './source.ts';

/** What came. */
export interface Received {
  url: string;
  sha256: string;
  integrity: string | undefined;
  sizeBytes: number;
  /** The address that sent it, when it was another one. */
  mirror?: string;
}

const HINT =
  'It was replaced upstream, was corrupted on its way, or somebody attacks you: ask the publisher which digest is right, then mend the sha256 in the recipe or remove the entry from galley.lock';

const MIRROR_HINT =
  'The mirror has something else than the publisher, or the digest is wrong: try without it in "mirrors" of the settings.';

/** @throws Failure DIGEST_MISMATCH with both digests; never transient, as the same bytes would come again */
export function assertExpected(received: Received, expected: Expectation): void {
  const mismatch = findMismatch(received, expected);
  if (mismatch === undefined) return;
  const url = redactUrl(received.url);
  const { sizeBytes: size } = received;
  const instead =
    expected.sizeBytes === undefined || expected.sizeBytes === size ? '' : ` instead of ${expected.sizeBytes}`;
  const { mirror } = received;
  const from = mirror === undefined ? '' : ` from its mirror "${mirror}"`;
  const found = `expected ${mismatch.expected}, found ${mismatch.actual} in ${size} bytes${instead}`;
  throw new Failure('DIGEST_MISMATCH', `Cannot use "${url}"${from}: ${found}`, {
    hint: mirror === undefined ? HINT : `${MIRROR_HINT} ${HINT}`,
    facts: { ...mismatch, url, size, ...(mirror !== undefined && { mirror }) },
  });
}

export function isExpected(received: Received, expected: Expectation): boolean {
  return findMismatch(received, expected) === undefined;
}

function findMismatch(
  received: Received,
  { sha256, integrity }: Expectation,
): { expected: string; actual: string } | undefined {
  if (sha256 !== undefined && sha256 !== received.sha256) return { expected: sha256, actual: received.sha256 };
  if (integrity !== undefined && integrity !== received.integrity)
    return { expected: integrity, actual: `${received.integrity}` };
  return undefined;
}
