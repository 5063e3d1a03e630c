// Files of this machine, as `file:` URL or absolute path.
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Failure } from '../model/failure.ts';
import type { Transport } from './transport.ts';

export function createLocal(): Transport {
  const locate = (url: string) => ({ url: pathToFileURL(localPath(url)).href });
  return {
    fileName: (url) => path.basename(localPath(url)),
    locate: async ({ url }) => locate(url),
    locatePinned: async ({ url }) => locate(url),
  };
}

/** The absolute path behind a `file:` URL or a path. */
function localPath(url: string): string {
  const file = url.startsWith('file:') ? pathOfUrl(url) : url;
  if (file !== undefined && path.isAbsolute(file)) return path.normalize(file);
  throw new Failure('INVALID_VALUE', `Cannot fetch "${url}": it is neither a URL nor an absolute path`, {
    hint: 'Write { path: "…" } for a file of the project, or a URL with its scheme',
  });
}

/** Undefined for what names another machine or has coded slashes in it. */
function pathOfUrl(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}
