// A file being written chunk by chunk. Knows nothing of where the chunks come from.
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { guard } from './errno.ts';
import type { Recorder } from './oplog.ts';

export interface WriterOptions {
  /** `new` (default): the file must not exist; `replace`: it is emptied; `append`: what is there stays. */
  start?: 'new' | 'replace' | 'append';
  /** Permission bits, exactly (the umask does not count). Default: 0o666 less the umask. */
  mode?: number;
}

export interface FileWriter {
  write(bytes: Uint8Array): Promise<void>;
  /** Makes what was written so far safe. */
  sync(): Promise<void>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const START = {
  new: constants.O_EXCL,
  replace: constants.O_TRUNC,
  append: constants.O_APPEND,
};

export async function createWriter(file: string, options: WriterOptions, log: Recorder): Promise<FileWriter> {
  const { start = 'new', mode } = options;
  const flags = constants.O_WRONLY | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0) | START[start];
  const handle = await guard('write', file, () => open(file, flags, mode ?? 0o666));
  let open_ = true;
  const close = async () => {
    if (!open_) return;
    open_ = false;
    await guard('close', file, () => handle.close());
  };
  const write = async (bytes: Uint8Array) => {
    // One write may take only a part, for example when the disk is nearly full: writeFile goes on to the end.
    await guard('write', file, () => handle.writeFile(bytes));
    log({ op: 'write', path: file });
  };
  const sync = async () => {
    await guard('sync', file, () => handle.sync());
    log({ op: 'fsync', path: file });
  };
  log({ op: 'write', path: file });
  if (mode !== undefined) await guard('change the mode of', file, () => handle.chmod(mode));
  return { write, sync, close, [Symbol.asyncDispose]: close };
}
