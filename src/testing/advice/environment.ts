// Codes of the machine, the network and other processes; of advice, interrupts and bugs.
export const ENVIRONMENT = {
  FETCH_FAILED: {
    example: 'fetch-unsupported-transport',
    why: 'The server did not answer, or not as it should. Errors that may pass were tried again, with growing pauses.',
    steps: [
      'Try again later: what did come is kept.',
      'Behind a proxy: `https_proxy` and `SSL_CERT_FILE` count; [fetching](../../guide/fetching.md) has mirrors and credentials.',
      '`galley doctor` says whether the network can be reached.',
    ],
  },
  OFFLINE: {
    example: 'fetch-offline',
    why: 'With `--offline` nothing is asked of the network, and something is needed that is not here.',
    steps: [
      'Run it once without `--offline`.',
      'For a machine without a network: `galley export` elsewhere, and `galley import` here.',
    ],
  },
  COMMAND_NOT_FOUND: {
    example: 'command-shell-missing',
    why: 'A shell or a program that the recipe needs is on no PATH that it sees: products of its dependencies, then yours.',
    steps: [
      'Install it, or add a package that offers it to `dependencies`.',
      '`galley env --in <package>` shows the PATH that was searched.',
    ],
  },
  LOCK_ANCESTOR: {
    why: 'A command that makes a package has started galley, which wants the same package. It would wait for itself for ever.',
    steps: [
      'Do not call galley for it: what the recipe needs belongs into `dependencies`.',
      'A nested galley for other packages is fine.',
    ],
  },
  CACHE_SCHEMA: {
    example: 'cache-is-something-else',
    why: 'The cache cleans up after itself, so it never starts in a directory that has something else in it.',
    steps: [
      'Choose an empty or new directory for `--cache-root`.',
      'If it is the cache of another version, let each have its own.',
    ],
  },
  CACHE_IN_USE: {
    why: 'A run or a program that is still going uses what was to be removed. The message says which process.',
    steps: ['Wait for its end, then try again.', 'If the process hangs, end it: what it held is free at once.'],
  },
  IO_ERROR: {
    example: 'cache-is-a-file',
    why: 'The message has the file and the reason that the system gave.',
    steps: ['See whether the file, its directory and its disk are well, and who may write there.'],
  },
  NO_SPACE: {
    example: 'trace-on-full-disk',
    why: 'A quota that is used up says the same. What was complete in the cache stays complete.',
    steps: [
      '`galley cache gc --older-than 0d` removes what no project wants, at once, and works on a full disk; without an age it keeps what was used in the last 30 days.',
      '`galley cache clean` removes what projects want, too, as they can make it again; `galley cache remove <package>` only that.',
      '`galley cache info` shows what takes the room.',
    ],
  },
  NO_CHECK: {
    why: 'A package that neither leaves an asset nor has a check cannot be known to be done. So its verbs run on every sync.',
    steps: [
      'Give it a `check` that says whether its work is done.',
      'If it should run each time, leave it: this is advice.',
    ],
  },
  NO_PIN: {
    why: 'The lock file pins the source for this project. Others who use the recipe would trust it once more.',
    steps: ['Add the `sha256`; it is in `galley.lock`, and `galley hash` prints it.'],
  },
  INTERRUPTED: {
    why: 'Somebody pressed Ctrl-C, or ended the process with SIGTERM. All commands were ended with their children, locks released and work directories removed.',
    steps: [
      'Run it again: verified downloads and finished packages are kept.',
      'A second Ctrl-C, or SIGTERM, does not wait for anything.',
    ],
  },
  INTERNAL: {
    why: 'Something happened that galley does not expect of itself. No package is to blame.',
    steps: [
      'Report it with the text and, if it happens again, with a file that `--trace` wrote.',
      'Secrets are taken out of a trace; look through it all the same.',
    ],
  },
} as const;
