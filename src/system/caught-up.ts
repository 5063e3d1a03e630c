// Waiting for those who read slower than we write. Knows nothing of who they are.
import type { Clock } from './clock.ts';

/** How often to see whether whoever reads has caught up. */
const LOOK_MS = 20;

/** Ends when nobody lags; rejects with the reason of `signal` as soon as that is aborted. */
export async function caughtUp(isLagging: () => boolean, clock: Clock, signal: AbortSignal): Promise<void> {
  while (isLagging()) await clock.sleep(LOOK_MS, signal);
}
