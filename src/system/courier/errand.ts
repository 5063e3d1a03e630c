// What a courier is sent for and what it brings back, as they cross between the two processes: plain JSON.

import type { Code } from '../../model/codes.ts';
import type { Sha256 } from '../../model/digest.ts';
import { Failure, type FailureDetail } from '../../model/failure.ts';

export type Errand = Carrying | Removal;

/** Puts a copy of a file in a place, whole or not at all. */
export interface Carrying {
  do: 'carry';
  /** Absolute path; absent: whatever comes in on standard input. */
  from?: string;
  /** Absolute path. A file or link that is there is replaced; the directory is made. */
  to: string;
  /** Permission bits, exactly. */
  mode: number;
  /** What the bytes have to be, where that is known beforehand. */
  sha256?: Sha256;
  /** Reads the copy again before it gets its name. */
  verify: boolean;
  /** Nothing is done when the place has this stamp already. */
  unless?: string;
  /** Absolute, real directories in which nothing may be placed. */
  keepOut: readonly string[];
}

/** Removes what was placed before, if nobody has touched it since. */
export interface Removal {
  do: 'remove';
  file: string;
  /** As it was when it was placed: who has seen the file knows it, and who has only heard of its content does not. */
  stamp: string;
}

/** What became of an errand. */
export interface Delivery {
  /** Of the file that is there now. */
  sizeBytes: number;
  /** 0 when nothing had to be done. */
  copiedBytes: number;
  /** Of the bytes that are there now, where they were read again. */
  sha256?: Sha256;
  /** Tells whether the file was touched since. */
  stamp: string;
}

export type RemovalResult = 'removed' | 'gone' | 'changed';

/** Where a courier reads that gets its bytes from us. */
export const STDIN = '/dev/stdin';

export type Report = { done: Delivery | RemovalResult } | { failed: PlainFailure } | { broken: string };

interface PlainFailure extends Pick<FailureDetail, 'hint' | 'transient' | 'facts'> {
  code: Code;
  message: string;
}

export function encodeFailure(error: unknown): Report {
  if (!(error instanceof Failure)) return { broken: error instanceof Error ? `${error.stack}` : `${error}` };
  const { code, message, hint, transient, facts } = error;
  return { failed: { code, message, transient, facts, ...(hint === undefined ? {} : { hint }) } };
}

export function decodeFailure({ code, message, ...detail }: PlainFailure): Failure {
  return new Failure(code, message, detail);
}
