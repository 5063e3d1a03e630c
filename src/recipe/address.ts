// Tells the two kinds of address that authors write, a URL of some transport and a path, apart. Knows no transport.
import { matching, type Shape } from './shape.ts';

/** Two letters at least before the colon: `C:\zlib` is a path. */
const URL_START = /^[a-z][a-z0-9+.-]+:/i;

export function isUrl(address: string): boolean {
  return URL_START.test(address);
}

export const url: Shape<string> = matching('a URL', (text) => (isUrl(text) ? text : undefined));
