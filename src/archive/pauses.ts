// Pauses in work that hears nothing while it goes on. Promises alone let no signal, timer or message through, and an
// archive may hold a million entries that are nothing but promises.
import { defer, systemClock } from '../system/clock.ts';

/** Too short for a person to notice, and long enough for thousands of entries. */
const WORK_MS = 50;

export class Pauses {
  readonly signal: AbortSignal;
  #due = systemClock.monotonicMs() + WORK_MS;

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  /** True when it is time for the next, which whoever asked then makes. */
  claim(): boolean {
    const now = systemClock.monotonicMs();
    if (now < this.#due) return false;
    this.#due = now + WORK_MS;
    return true;
  }

  /** Pauses when it is time: to be asked at each entry, however small. Rejects when the run is cancelled. */
  async take(): Promise<void> {
    if (this.claim()) await this.takeNow();
  }

  async takeNow(): Promise<void> {
    await new Promise<void>(defer);
    this.signal.throwIfAborted();
  }
}
