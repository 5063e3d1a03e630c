// Ends workers whose engine does not answer any more: some native operations never ask the interrupt handler. Knows only
// pulses and what to call.
import type { Clock } from '../system/clock.ts';
import type { Limits } from './limits.ts';
import type { Pulse } from './pulse.ts';

/** Looks per allowed time: a worker is ended at most a tenth of it late. */
const LOOKS = 10;

interface Watched {
  pulse: Pulse;
  beats: number;
  /** Looks in a row that found the worker inside the engine and without a new beat. */
  silentLooks: number;
  onSilent(): void;
}

export class Watchdog {
  readonly #clock: Pick<Clock, 'every'>;
  readonly #intervalMs: number;
  readonly #watched = new Set<Watched>();
  #timer: Disposable | undefined;

  constructor(clock: Pick<Clock, 'every'>, { sliceMs, graceMs }: Limits) {
    this.#clock = clock;
    this.#intervalMs = Math.ceil((sliceMs + graceMs) / LOOKS);
  }

  /** Calls `onSilent` when the worker stays inside the engine without a beat. Ends when disposed. */
  watch(pulse: Pulse, onSilent: () => void): Disposable {
    const watched = { pulse, beats: pulse.beats, silentLooks: 0, onSilent };
    this.#watched.add(watched);
    this.#timer ??= this.#clock.every(this.#intervalMs, () => this.#look());
    return {
      [Symbol.dispose]: () => {
        this.#watched.delete(watched);
        if (this.#watched.size > 0) return;
        this.#timer?.[Symbol.dispose]();
        this.#timer = undefined;
      },
    };
  }

  /**
   * Counts looks and not milliseconds: when this thread or the whole machine stands still, no looks happen, and no
   * innocent worker seems silent afterwards.
   */
  #look(): void {
    for (const watched of [...this.#watched]) {
      const { pulse, beats } = watched;
      watched.beats = pulse.beats;
      watched.silentLooks = pulse.isInside && pulse.beats === beats ? watched.silentLooks + 1 : 0;
      if (watched.silentLooks >= LOOKS) watched.onSilent();
    }
  }
}
