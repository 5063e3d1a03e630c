// Codes of what was made: the cache, depots, statements, outputs.
export const SHARING = {
  ASSET_DAMAGED: {
    why: 'Every file of an asset was recorded when it was published, and something differs now: a person, a program or a disk has changed it.',
    steps: [
      '`galley cache verify --repair` makes it again.',
      'Then look for the cause: what is in the cache is read-only, and does not change by itself.',
    ],
  },
  NOT_PORTABLE: {
    why: 'A link out of the asset leads to something of this machine, which others do not have.',
    steps: [
      'Let the recipe copy what the link leads to, or link to a dependency.',
      'An asset that is only for this machine need not be shared: without its name, `galley push` leaves it out with a warning.',
    ],
  },
  DEPOT_INVALID: {
    example: 'depot-invalid',
    why: 'What is at that address is no index of a depot, or an archive is not what the index says. Packages are built instead, so a `sync` only warns.',
    steps: [
      'Look whether the address is that of the depot: the directory with `galley-depot.json`.',
      '`galley depot verify` reads all of it again.',
    ],
  },
  DEPOT_UNTRUSTED: {
    example: 'depot-untrusted',
    why: 'With `trusted_keys`, only an index that one of them has signed is believed; this one may be forged.',
    steps: [
      'Ask whoever pushes for the public key that `galley depot key` prints, over a way that you trust.',
      '`galley depot sign` signs an index that is there; read [share a cache](../../guide/share-a-cache.md) before.',
    ],
  },
  PROVENANCE_UNKNOWN: {
    example: 'provenance-absent',
    why: 'A statement tells how an asset was made. There is no asset here, or it came without a statement.',
    steps: [
      'Make it: `galley install <package>`.',
      'If it came from a depot without statements, rebuild it, or ask whoever pushed to sign.',
    ],
  },
  PROVENANCE_INVALID: {
    why: 'A statement counts only with a signature of a trusted key, over these very words, about this very package.',
    steps: ['Compare the key with that of the builder.', 'If they are the same, treat the statement as forged.'],
  },
  INCOMPATIBLE_SOURCE: {
    example: 'output-is-directory',
    why: 'Outputs are single files. This product is a directory.',
    steps: [
      'Let the recipe offer the file itself as a product.',
      'For a whole tree: `galley export`, or a copy of `galley asset <package>`.',
    ],
  },
  VERIFICATION_FAILED: {
    why: 'The copy was read again, and does not have the bytes that were recorded when the package was made. The output was not put into its place.',
    steps: [
      '`galley cache verify` finds out whether the cache is damaged; a damaged asset is made anew once by itself.',
      'If it happens again, test the memory and the disk of the machine.',
    ],
  },
  INSUFFICIENT_SPACE: {
    why: 'Room is looked at before a copy, so that no half of it is left behind.',
    steps: [
      'Free what the message says, or choose another directory.',
      '`galley cache gc` helps if the cache is on the same disk.',
    ],
  },
  PERMISSION_DENIED: {
    why: 'The operating system does not let this user write there, or read the source. Trying again would not help, so it is not tried.',
    steps: [
      'Choose a directory of your own, or let its owner give you the right.',
      'A file system that is mounted read-only says the same.',
    ],
  },
  COPY_TIMEOUT: {
    why: 'The copy did not come to its end within its time, mostly because a network file system does not answer.',
    steps: [
      'See whether the directory answers at all: `ls`, `df`.',
      'For large files and slow disks: `--copy-timeout`.',
    ],
  },
} as const;
