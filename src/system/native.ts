// What the system can do and Node cannot: the parts of fs-native-extensions, which has no types, that we use.
import { createRequire } from 'node:module';

export interface Native {
  /** Takes the lock of the kernel on an open file, if nobody has it; several may share one. */
  tryLock(fd: number, options?: { shared?: boolean }): boolean;
  /** Two names of one file system change places in one step: at no moment is one of them missing. */
  swapSync(one: string, other: string): void;
}

let loaded: { native: Native | undefined } | undefined;

/** Loaded with the first call, as that takes some milliseconds; undefined where there is no build for this machine (musl). */
export function loadNative(): Native | undefined {
  loaded ??= { native: load() };
  return loaded.native;
}

function load(): Native | undefined {
  try {
    return createRequire(import.meta.url)('fs-native-extensions') as Native;
  } catch {
    return undefined;
  }
}
