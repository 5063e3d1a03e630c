// Other bytes than those of galley.lock: the reader is told which line says so, and how to take the new ones.
import { Failure, isFailure } from '../../model/failure.ts';
import type { SourceOwner } from '../../model/lock-file.ts';
import { lineOf } from '../../recipe/lockfile.ts';
import type { Package } from '../package.ts';
import type { Run } from '../world.ts';

interface Wanted {
  url: string;
  sha256?: string | undefined;
}

/** Does the download; a mismatch with what galley.lock says, and not the recipe, names the line. */
export async function blameLock<T>(
  owner: SourceOwner,
  { url, sha256 }: Wanted,
  { pkg, run }: { pkg: Package; run: Run },
  download: () => Promise<T>,
): Promise<T> {
  try {
    return await download();
  } catch (error) {
    const record = sha256 === undefined ? run.pins.record(owner, url) : undefined;
    if (!record || !isFailure(error, 'DIGEST_MISMATCH')) throw error;
    const { expected } = error.facts;
    if (expected === undefined || (expected !== record.sha256 && expected !== record.size)) throw error;
    const { message, facts, transient } = error;
    const line = lineOf(record, (await run.world.files.findText(run.pins.file)) ?? '');
    const place = line === undefined ? 'galley.lock' : `line ${line} of galley.lock`;
    const ask = 'It was replaced upstream, was corrupted on its way, or somebody attacks you: ask the publisher';
    throw new Failure('DIGEST_MISMATCH', `${message}; ${place} pins it`, {
      hint: `${ask}. If the new file is right, run galley update ${pkg.request.recipe}`,
      facts: { ...facts, ...(line !== undefined && { lock_line: line }) },
      ...{ package: pkg.label, transient, cause: error },
    });
  }
}
