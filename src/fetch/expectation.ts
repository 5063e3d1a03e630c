// Whether the bytes are those that were asked for, and what to say when they are not.
import { Failure } from '../model/failure.ts';
import { redactUrl } from '../model/redact.ts';
import type { Expectation } from './source.ts';

/** Where bytes come from. */
export interface Origin {
  url: string;
  /** The address that sent them, when it was another one. */
  mirror?: string;
}

/** What came. */
export interface Received extends Origin {
  sha256: string;
  integrity: string | undefined;
  sizeBytes: number;
}

const HINT =
  'It was replaced upstream, was corrupted on its way, or somebody attacks you: ask the publisher which digest and size are right, then mend the sha256 in the recipe or remove the entry from galley.lock';

const MIRROR_HINT =
  'The mirror has something else than the publisher, or the digest is wrong: try without it in "mirrors" of the settings.';

/** @throws Failure DIGEST_MISMATCH with both digests, or sizes; never transient, as the same bytes would come again */
export function assertExpected(received: Received, expected: Expectation): void {
  const { sizeBytes: size } = received;
  const digest = findOtherDigest(received, expected);
  if (digest !== undefined) {
    const instead = isOtherSize(size, expected) ? ` instead of ${expected.sizeBytes}` : '';
    const problem = `expected ${digest.expected}, found ${digest.actual} in ${size} bytes${instead}`;
    throw refusal(received, problem, { ...digest, size });
  }
  if (isOtherSize(size, expected)) throw otherSize(received, expected.sizeBytes, `${size}`);
}

export function isExpected(received: Received, expected: Expectation): boolean {
  return findOtherDigest(received, expected) === undefined && !isOtherSize(received.sizeBytes, expected);
}

/** For what need not be seen whole to be known for something else. `found` is a number, in words. */
export function otherSize(from: Origin, expected: number, found: string): Failure {
  return refusal(from, `expected ${expected} bytes, found ${found}`, { expected });
}

function refusal({ url, mirror }: Origin, problem: string, facts: Failure['facts']): Failure {
  const from = mirror === undefined ? '' : ` from its mirror "${mirror}"`;
  return new Failure('DIGEST_MISMATCH', `Cannot use "${redactUrl(url)}"${from}: ${problem}`, {
    hint: mirror === undefined ? HINT : `${MIRROR_HINT} ${HINT}`,
    facts: { ...facts, url: redactUrl(url), ...(mirror !== undefined && { mirror }) },
  });
}

function isOtherSize(sizeBytes: number, expected: Expectation): expected is Expectation & { sizeBytes: number } {
  return expected.sizeBytes !== undefined && expected.sizeBytes !== sizeBytes;
}

function findOtherDigest(
  received: Received,
  { sha256, integrity }: Expectation,
): { expected: string; actual: string } | undefined {
  if (sha256 !== undefined && sha256 !== received.sha256) return { expected: sha256, actual: received.sha256 };
  if (integrity !== undefined && integrity !== received.integrity)
    return { expected: integrity, actual: `${received.integrity}` };
  return undefined;
}
