// The commands about depots, as rows of the catalog.
import { type CommandRow, JSON_FLAG } from '../command-row.ts';

export const SHARE_COMMANDS: readonly CommandRow[] = [
  {
    begins: 'Share what was built:',
    name: 'depot key',
    summary: 'Make a key for signing, or show the public half of one',
    arguments: [{ name: '<file>', meaning: 'The private key; one that is there stays as it is' }],
    flags: [JSON_FLAG],
    examples: [
      { command: 'galley depot key ~/.config/galley/depot.pem', meaning: 'Prints what goes into trusted_keys' },
    ],
    load: () => import('../commands/depot-key.ts'),
  },
];
