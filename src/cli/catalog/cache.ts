// The commands about the cache, as rows of the catalog.
import { type CommandRow, JSON_FLAG } from '../command-row.ts';
import { QUERIES, QUERY } from './queries.ts';

export const CACHE_COMMANDS: readonly CommandRow[] = [
  {
    begins: 'The cache:',
    name: 'cache info',
    summary: 'Show where the cache is and what takes its space',
    arguments: [],
    flags: [JSON_FLAG],
    examples: [
      { command: 'galley cache info', meaning: 'How much is there, for which projects, and what nobody wants' },
      { command: 'galley cache info --json', meaning: 'The same for a script' },
    ],
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
  {
    name: 'cache verify',
    summary: 'Read what is in the cache again, and tell what is not as it was',
    arguments: [{ ...QUERIES, meaning: 'Packages to read; everything, downloads too, when there are none' }],
    flags: [
      { flag: '--repair', meaning: 'Make again what this project makes, and remove what else is damaged' },
      JSON_FLAG,
    ],
    examples: [
      { command: 'galley cache verify', meaning: 'Is everything still what was put there? Ends with 1 if not' },
      { command: 'galley cache verify --repair', meaning: 'Mend it' },
    ],
    load: () => import('../commands/cache-verify.ts'),
  },
  {
    name: 'cache gc',
    summary: 'Remove what no project and no process uses any more',
    arguments: [],
    flags: [
      { flag: '--older-than <age>', meaning: 'What was not used for 30d, 12h, 2w; 30d unless a size is given' },
      { flag: '--max-size <size>', meaning: 'What was not used for longest, until 10G, 500M are left' },
      JSON_FLAG,
    ],
    examples: [
      { command: 'galley cache gc --dry-run', meaning: 'What would go?' },
      { command: 'galley cache gc --max-size 10G', meaning: 'For a nightly job' },
    ],
    load: () => import('../commands/cache-gc.ts'),
  },
  {
    name: 'cache clean',
    summary: 'Remove everything that no process uses at this moment; projects make theirs again',
    arguments: [],
    flags: [JSON_FLAG],
    examples: [
      { command: 'galley cache clean --dry-run', meaning: 'What would go?' },
      { command: 'galley cache clean --yes', meaning: 'Begin anew' },
    ],
    load: () => import('../commands/cache-clean.ts'),
  },
];
