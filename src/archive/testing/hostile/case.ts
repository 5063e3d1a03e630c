// What a hostile archive is: how it is made, what it stands for, and what has to become of it.
import type { Limits } from '../../limits.ts';
import type { TarItem } from '../tars.ts';

export interface HostileCase {
  /** The class of fault. */
  name: string;
  /** What it is called when it is unpacked. */
  file: string;
  /** Where others fell for this very trick. */
  cves?: readonly string[];
  /** @param outsideDir a directory that is not to be touched; it has a file called `secret` */
  bytes(outsideDir: string): Buffer;
  becomes: Refused | Unpacked;
  limits?: Partial<Limits>;
}

export interface Refused {
  code: 'ARCHIVE_UNSAFE' | 'ARCHIVE_INVALID';
  /** A part of the message; `<outside>` is the directory that is not to be touched. */
  says: string;
}

/** All that is there afterwards, as `listing` has it. */
export interface Unpacked {
  tree: readonly string[];
}

/** Refused, as it would do harm or deceive somebody. */
export const unsafe = (says: string): Refused => ({ code: 'ARCHIVE_UNSAFE', says });
/** Refused, as nobody can say what it means. */
export const invalid = (says: string): Refused => ({ code: 'ARCHIVE_INVALID', says });
/** Unpacked, and it does no harm. */
export const harmless = (...tree: string[]): Unpacked => ({ tree });

/** A tar of these members, and its end. */
export type TarRow = [
  name: string,
  cves: string[],
  items: (outsideDir: string) => (TarItem | Buffer)[],
  becomes: HostileCase['becomes'],
];

/** An archive of one file name. */
export type Row = [
  name: string,
  cves: string[],
  bytes: (outsideDir: string) => Buffer,
  becomes: HostileCase['becomes'],
  limits?: HostileCase['limits'],
];

export const rowsOf = (file: string, rows: Row[]): HostileCase[] => rows.map((row) => caseOf(file, row));

export function caseOf(file: string, [name, cves, bytes, becomes, limits]: Row): HostileCase {
  return { name, file, cves, bytes, becomes, ...(limits && { limits }) };
}
