// The end of our own process.

/** So long something that was not closed may keep a finished run: much more than an orderly end takes, less than annoys. */
const LINGER_MS = 500;

/**
 * Ends the process with a status as soon as nothing is left to do, and soon in any case.
 *
 * `process.exit` waits for the threads of the compiler; one of them may wait for this one to collect garbage, and both
 * wait for ever (nodejs/node#54918). Where the event loop runs dry, Node takes the other way out, which wakes them.
 */
export function leave(status: number): void {
  process.exitCode = status;
  setTimeout(() => process.exit(status), LINGER_MS).unref();
}
