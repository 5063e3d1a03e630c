// What the main thread and the thread that unpacks say to one another. Everything is plain data.
import type { Unpacked } from '../../archive/unpacking.ts';
import type { FileScan, ScanTarget } from '../../cache/scan.ts';
import { Failure, type FailureDetail } from '../../model/failure.ts';

export interface Job {
  fileName: string;
  destDir: string;
  stripComponents: number;
  /** The tree becomes an asset as it is: read-only, and scanned for this while it is written. */
  target: ScanTarget | undefined;
}

export type ToThread = { job: number } & (
  | ({ type: 'begin' } & Job)
  | { type: 'bytes'; bytes: Uint8Array }
  | { type: 'end' }
  /** Nobody wants the rest. */
  | { type: 'cut' }
);

export type FromThread = { job: number } /** Room for so many bytes more. */ & (
  | { type: 'taken'; sizeBytes: number }
  | { type: 'done'; unpacked: Unpacked | undefined; scans: Map<string, FileScan> }
  | { type: 'failed'; error: ErrorText }
);

/** An error, without what cannot cross. */
export type ErrorText = { message: string } & (
  | { code: Failure['code']; detail: FailureDetail }
  | { code?: undefined; stack: string }
);

export function encodeError(error: unknown): ErrorText {
  if (error instanceof Failure) {
    const { code, message, hint, transient, facts } = error;
    return { code, message, detail: { transient, facts, ...(hint !== undefined && { hint }) } };
  }
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  return { message, stack };
}

export function decodeError(text: ErrorText): Error {
  if (text.code !== undefined) return new Failure(text.code, text.message, text.detail);
  return Object.assign(new Error(text.message), { stack: text.stack });
}
