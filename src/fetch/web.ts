// http and https: the address is the source itself, so there is nothing to ask.
import { decodePercent } from '../model/percent.ts';
import type { Transport } from './transport.ts';

export function createWeb(): Transport {
  return {
    fileName: fileNameOfUrl,
    locate: async ({ url, headers }) => ({ url, ...(headers && { headers }) }),
    // The source is asked again, not the pinned address: it has the credentials that no lock file may hold.
    locatePinned: async ({ url, headers }) => ({ url, ...(headers && { headers }) }),
  };
}

/** The last step of the path, as people would write it; `download` when there is none. */
export function fileNameOfUrl(url: string): string {
  const last = new URL(url).pathname.split('/').filter(Boolean).at(-1) ?? '';
  // Coded slashes and NULs must not turn a name into a path.
  const name = decodePercent(last).replaceAll(/[/\\\0]/g, '_');
  return name === '' || name === '.' || name === '..' ? 'download' : name;
}
