// What is told of a download while it goes on. Knows nothing of how it is done.
import type { Emit } from '../model/event.ts';
import type { Pin } from '../model/pin.ts';
import { redactUrl } from '../model/redact.ts';
import type { Clock } from '../system/clock.ts';
import type { Progress } from './receive.ts';
import type { Download, FetchSource, Located } from './source.ts';

/** Interfaces redraw about ten times in a second; more events than that only fill traces. */
const PROGRESS_MS = 100;

/** Tells of one download, under the address that a recipe wrote. */
export interface Teller {
  started(located: Located, known: Partial<Pin>): void;
  progress(progress: Progress): void;
  finished(download: Download): void;
}

export function createTeller(
  { url: written }: FetchSource,
  owner: string | undefined,
  { emit, clock }: { emit: Emit; clock: Clock },
): Teller {
  const about = { url: redactUrl(written), ...(owner !== undefined && { package: owner }) };
  let toldMs = Number.NEGATIVE_INFINITY;
  return {
    started(located, known) {
      const { url, ...package_ } = about;
      for (const text of warningsOf(located, known))
        emit({ type: 'log.message', level: 'warn', ...package_, text: `${url}: ${text}` });
      emit({ type: 'fetch.started', ...about, ...sizeOf(known.sizeBytes ?? located.sizeBytes) });
    },
    progress({ receivedBytes, totalBytes }) {
      if (clock.monotonicMs() - toldMs < PROGRESS_MS) return;
      toldMs = clock.monotonicMs();
      emit({ type: 'fetch.progress', ...about, receivedBytes, ...sizeOf(totalBytes) });
    },
    finished: ({ sha256, sizeBytes, from }) => emit({ type: 'fetch.finished', ...about, sha256, sizeBytes, from }),
  };
}

function warningsOf({ warning, isUnverified }: Located, { sha256 }: Partial<Pin>): string[] {
  const unverified = 'the registry publishes no checksum, so that nothing shows whether the right bytes come';
  return [...(warning === undefined ? [] : [warning]), ...(isUnverified && sha256 === undefined ? [unverified] : [])];
}

function sizeOf(sizeBytes: number | undefined): { sizeBytes?: number } {
  return sizeBytes === undefined ? {} : { sizeBytes };
}
