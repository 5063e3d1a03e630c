// All hostile archives we know how to make. Each stands for a class of faults, and where others fell for this very trick
// it says so.
import type { HostileCase } from './case.ts';
import { ENTRIES } from './entries.ts';
import { OTHERS } from './others.ts';
import { SEVEN_ZIPS } from './seven-zips.ts';
import { TARS } from './tars.ts';
import { ZIPS } from './zips.ts';

export const HOSTILE: readonly HostileCase[] = [...ENTRIES, ...TARS, ...ZIPS, ...SEVEN_ZIPS, ...OTHERS];

/** Well known, and no case can stand for them. */
export const NOT_OURS: Readonly<Record<string, string>> = {
  'CVE-2018-10115': 'unpacks RAR, which galley knows no reader for',
  'CVE-2022-29072': 'is about the help window of a program for Windows',
  'CVE-2025-0411': 'is about a mark of Windows on files from the web, which no other system has',
  'CVE-2014-8139': 'is in a test that only unzip has, of extra fields that galley does not read',
  'CVE-2014-8140': 'is in a test that only unzip has, of extra fields that galley does not read',
  'CVE-2022-0529': 'turns names into the character set of the locale, which galley does not',
  'CVE-2025-4435': 'keeps what a filter refused when errors are ignored, and galley stops at the first',
  'CVE-2021-37712': 'is a list of directories known by names that mean the same on some disks; galley has no such list',
  'CVE-2007-4476': 'is a crash of a program in C',
};
