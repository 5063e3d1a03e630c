// The signals by which people and supervisors ask a run to stop. Knows nothing of what is then stopped.
import { constants } from 'node:os';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type StopSignal = (typeof STOP_SIGNALS)[number];

/** Whoever ends a group and its leader, as npm and supervisors do, sends one SIGTERM twice. */
const ECHO_MS = 500;

/**
 * Calls back for every stop signal until disposed.
 *
 * A Ctrl-C or SIGTERM after the first signal ends the process at once: whoever sends it has decided that the orderly way
 * takes too long. A terminal that is closed may send its SIGHUP twice, and means nothing by that.
 * Commands still running are killed on the way out (see `group`).
 */
export function onStopSignals(callback: (signal: StopSignal) => void): Disposable {
  let stoppedMs: number | undefined;
  const listen = (signal: StopSignal) => {
    const isEcho = signal === 'SIGTERM' && performance.now() - (stoppedMs ?? 0) < ECHO_MS;
    if (stoppedMs !== undefined && signal !== 'SIGHUP' && !isEcho) {
      // The next one is the system's: even this end may hang (see `leave`).
      stopListening();
      process.exit(exitCodeOf(signal));
    }
    stoppedMs ??= performance.now();
    callback(signal);
  };
  const stopListening = () => {
    for (const signal of STOP_SIGNALS) process.off(signal, listen);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, listen);
  return { [Symbol.dispose]: stopListening };
}

/** Sends a signal to all of our job, as the terminal does for a key: to whoever started us and waits, and to us. */
export function signalJob(signal: 'SIGINT' | 'SIGTSTP'): void {
  process.kill(0, signal);
}

/** Calls back when the process ends, in whatever way but by a signal that nobody can hear. */
export function onExit(callback: () => void): Disposable {
  process.on('exit', callback);
  return { [Symbol.dispose]: () => void process.off('exit', callback) };
}

/** What shells report for a process that a signal ended. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
