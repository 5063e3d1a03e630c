// The composition root: everything a run needs from the world, made from what the process was given. Heavy parts are
// imported and made when they are first asked for, once.
import { fileURLToPath } from 'node:url';
import packageFile from '../package.json' with { type: 'json' };
import type { Services } from './build/services.ts';
import type { Emit } from './model/event.ts';
import { Failure } from './model/failure.ts';
import { systemClock } from './system/clock.ts';
import type { Files } from './system/files.ts';
import { findPlatform } from './system/host.ts';

export const VERSION = packageFile.version;

/** What the process was given, and what the run has made of it. */
export interface Given {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  files: Files;
  emit: Emit;
  signal: AbortSignal;
}

export function createServices(given: Given): Services {
  const platform = findPlatform();
  if (!platform)
    throw new Failure(
      'IO_ERROR',
      'Cannot work on this system: only Linux, macOS and Windows on x86_64 and arm64 are supported',
    );
  return {
    ...given,
    version: VERSION,
    platform,
    clock: systemClock,
    runtimeDir: ownDir('runtime'),
    recipesDir: ownDir('recipes'),
    cache: notYet,
    fetcher: notYet,
    sandbox: notYet,
    close: async () => {},
  };
}

/** TODO(lead): wire cache, fetcher and sandbox. */
function notYet(): never {
  throw new Error('This part is not in place yet');
}

/** A directory of the installation: both `src/` and `dist/` are directly below its root. */
function ownDir(name: string): string {
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}
