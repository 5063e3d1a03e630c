// The commands about the cache, as rows of the catalog.
import { type CommandRow, JSON_FLAG } from '../command-row.ts';
import { QUERY } from './queries.ts';

export const CACHE_COMMANDS: readonly CommandRow[] = [
  {
    begins: 'The cache:',
    name: 'cache info',
    summary: 'Show where the cache is and what takes its space',
    arguments: [],
    flags: [JSON_FLAG],
    examples: [{ command: 'galley cache info', meaning: 'Entries, largest first' }],
    load: () => import('../commands/cache-info.ts'),
  },
  {
    name: 'cache remove',
    summary: 'Remove the assets of a package',
    arguments: [QUERY],
    flags: [JSON_FLAG],
    examples: [
      { command: 'galley cache remove zlib --dry-run', meaning: 'What would be removed?' },
      { command: 'galley cache remove zlib --yes', meaning: 'Remove it' },
    ],
    load: () => import('../commands/cache-remove.ts'),
  },
];
