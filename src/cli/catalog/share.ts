// The commands about depots, as rows of the catalog.
import { type CommandRow, JSON_FLAG } from '../command-row.ts';
import { QUERIES } from './queries.ts';

const DEPOT = { name: '<depot>', meaning: 'A URL (https, s3, oci) or a directory' };

export const SHARE_COMMANDS: readonly CommandRow[] = [
  {
    begins: 'Share what was built:',
    name: 'push',
    summary: 'Make assets and put those that a depot does not have into it',
    arguments: [DEPOT, QUERIES],
    flags: [JSON_FLAG],
    examples: [
      {
        command: 'galley push s3://acme-depot/tools',
        meaning: 'All packages of the project, and what they need to run',
      },
      { command: 'galley push /srv/depot zlib --dry-run', meaning: 'What would be added?' },
      {
        command: 'galley push /srv/depot --sign-key ~/depot.pem',
        meaning: 'Sign the index, for projects with trusted_keys',
      },
    ],
    load: () => import('../commands/push.ts'),
  },
  {
    name: 'export',
    summary: 'Make assets and write them to a directory, which is then a depot, or one to a file',
    arguments: [QUERIES],
    flags: [{ flag: '--to <place>', meaning: 'A directory, or a file that ends in .tar.zst' }, JSON_FLAG],
    examples: [
      { command: 'galley export --to /media/stick/depot', meaning: 'For a machine without a network' },
      { command: 'galley export zlib --to zlib.tar.zst', meaning: 'One package that needs no other to run' },
    ],
    load: () => import('../commands/export.ts'),
  },
  {
    name: 'import',
    summary: 'Take finished assets into the cache, before any project wants them',
    arguments: [{ name: '<place...>', meaning: 'Depots, and archives that "galley export" wrote' }],
    flags: [
      { flag: '--package <query>', meaning: 'Of depots, only this and what it needs; may be repeated', repeats: true },
      JSON_FLAG,
    ],
    examples: [
      { command: 'galley import /media/stick/depot', meaning: 'All that it has for this platform' },
      { command: 'galley import s3://acme-depot/tools --package zlib', meaning: 'zlib, and what it needs to run' },
    ],
    load: () => import('../commands/import.ts'),
  },
  {
    name: 'depot list',
    summary: 'Show what a depot has',
    arguments: [DEPOT],
    flags: [JSON_FLAG],
    examples: [
      { command: 'galley depot list https://depot.example.com/tools', meaning: 'Identity, platform, key, size' },
    ],
    load: () => import('../commands/depot-list.ts'),
  },
  {
    name: 'depot verify',
    summary: 'Read every archive of a depot again, and check its signatures',
    arguments: [DEPOT],
    flags: [
      { flag: '--repair', meaning: 'Take what is lost or damaged out of the index, so that a push brings it again' },
      JSON_FLAG,
    ],
    examples: [
      { command: 'galley depot verify /srv/depot', meaning: 'Is it still what the index says?' },
      { command: 'galley depot verify /srv/depot --repair', meaning: 'Make room for what is damaged' },
    ],
    load: () => import('../commands/depot-verify.ts'),
  },
  {
    name: 'depot merge',
    summary: 'Add what other depots have to one',
    arguments: [
      { name: '<to>', meaning: 'The depot that grows' },
      { name: '<from...>', meaning: 'Those that it gets archives from' },
    ],
    flags: [JSON_FLAG],
    examples: [
      {
        command: 'galley depot merge s3://acme-depot/tools /media/stick/depot',
        meaning: 'Bring home what was built elsewhere',
      },
    ],
    load: () => import('../commands/depot-merge.ts'),
  },
  {
    name: 'depot sign',
    summary: 'Sign the index of a depot, beside those who have signed it before',
    arguments: [DEPOT],
    flags: [JSON_FLAG],
    examples: [{ command: 'galley depot sign /srv/depot --sign-key new.pem', meaning: 'Before the old key goes' }],
    load: () => import('../commands/depot-sign.ts'),
  },
  {
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
