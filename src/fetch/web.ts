// http and https: the address is the source itself, so there is nothing to ask.
import { Failure } from '../model/failure.ts';
import { decodePercent } from '../model/percent.ts';
import { redactUrl } from '../model/redact.ts';
import type { FetchSource, Located } from './source.ts';
import type { Transport } from './transport.ts';

export function createWeb(): Transport {
  return {
    fileName: (url) => fileNameOfUrl(checkedUrl(url)),
    locate: async (source) => locate(source),
    // The source is asked again, not the pinned address: it has the credentials that no lock file may hold.
    locatePinned: async (source) => locate(source),
  };
}

function locate({ url, headers }: FetchSource): Located {
  return { url: checkedUrl(url), ...(headers && { headers }) };
}

/** The address, if it is one: everything behind here takes that for granted. */
export function checkedUrl(url: string): string {
  if (URL.canParse(url)) return url;
  throw new Failure('INVALID_VALUE', `Cannot fetch "${redactUrl(url)}": it is not a valid URL`);
}

/** Every file system takes that many characters, also when each has four bytes; what tells the format is at the end. */
const LONGEST_NAME = 60;

/** The last step of the path, as people would write it; `download` when there is none. */
export function fileNameOfUrl(url: string): string {
  const last = (URL.parse(url)?.pathname ?? '').split('/').filter(Boolean).at(-1) ?? '';
  // Coded slashes and NULs must not turn a name into a path, nor other controls a listing into commands of a terminal.
  const whole = decodePercent(last).replaceAll(/[/\\\p{Cc}]/gu, '_');
  const name = Buffer.byteLength(whole) > 4 * LONGEST_NAME ? [...whole].slice(-LONGEST_NAME).join('') : whole;
  return name === '' || name === '.' || name === '..' ? 'download' : name;
}
