// Files of this machine, as `file:` URL or absolute path.
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Failure } from '../model/failure.ts';
import { unlessMissing } from '../system/errno.ts';
import type { Files } from '../system/files.ts';
import { readBytes } from './bytes.ts';
import type { Located } from './source.ts';
import type { Transport, TransportTools } from './transport.ts';

export function createLocal({ files }: Pick<TransportTools, 'files'>): Transport {
  const locate = (url: string): Located => {
    const file = localPath(url);
    return { url: pathToFileURL(file).href, read: ({ signal }) => readFile(file, files, signal) };
  };
  return {
    fileName: (url) => path.basename(localPath(url)),
    locate: async ({ url }) => locate(url),
    locatePinned: async ({ url }) => locate(url),
  };
}

/** The absolute path behind a `file:` URL or a path. */
export function localPath(url: string): string {
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

async function* readFile(file: string, files: Files, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const stat = await unlessMissing(files.statTarget(file));
  if (stat === undefined) {
    throw new Failure('SOURCE_NOT_FOUND', `Cannot fetch "${file}": there is no such file`, { facts: { path: file } });
  }
  if (stat.kind !== 'file') {
    const hint = 'For a directory of the project write { path: "…" }';
    throw new Failure('INVALID_VALUE', `Cannot fetch "${file}": it is not a file`, { hint, facts: { path: file } });
  }
  yield* readBytes(file, files, { signal });
}
