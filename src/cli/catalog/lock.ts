// The commands about galley.lock, as rows of the catalog.
import { type CommandRow, JSON_FLAG } from '../command-row.ts';
import { QUERIES } from './queries.ts';

export const LOCK_COMMANDS: readonly CommandRow[] = [
  {
    begins: 'Pin:',
    name: 'lock',
    summary: 'Write galley.lock without building: every source, its digest and every choice',
    arguments: [],
    flags: [
      {
        flag: '--platform <platforms>',
        meaning: 'Platforms with commas between, or all of the project; this one unless told',
      },
      { flag: '--check', meaning: 'Write nothing and ask nobody: fail if galley.lock would change' },
      JSON_FLAG,
    ],
    examples: [
      { command: 'galley lock', meaning: 'Pin what is not pinned, and unite the sides of a merge conflict' },
      { command: 'galley lock --platform linux-x86_64,darwin-arm64', meaning: 'For the machines of colleagues too' },
      { command: 'galley lock --check --platform all', meaning: 'In CI: does galley.lock say everything?' },
    ],
    load: () => import('../commands/lock.ts'),
  },
  {
    name: 'update',
    summary: 'Move pins: ask anew for branches, files without a digest, registries and weak choices',
    arguments: [{ ...QUERIES, meaning: 'Packages and bundles whose pins move; all when there are none' }],
    flags: [JSON_FLAG],
    examples: [
      { command: 'galley update --dry-run', meaning: 'What would move?' },
      { command: 'galley update zlib', meaning: 'Take what zlib fetches as it is now, and leave all else' },
    ],
    load: () => import('../commands/update.ts'),
  },
  {
    name: 'outdated',
    summary: 'Show sources of which there is a newer version, or other bytes',
    arguments: [{ ...QUERIES, meaning: 'Packages and bundles to look at; all when there are none' }],
    flags: [{ flag: '--exit-status', meaning: 'End with 1 when something is outdated' }, JSON_FLAG],
    examples: [{ command: 'galley outdated', meaning: 'A table of current, wanted and latest versions' }],
    load: () => import('../commands/outdated.ts'),
  },
];
