// Every command, once: arguments, flags, examples, and where its code is. Parsing, help and docs/reference/commands.md
// follow from this table, whose chapters are in catalog/. No command is loaded before it is asked for.
import { CACHE_COMMANDS } from './catalog/cache.ts';
import { FILE_COMMANDS } from './catalog/files.ts';
import { LOCK_COMMANDS } from './catalog/lock.ts';
import { LOOK_COMMANDS } from './catalog/look.ts';
import { MAKE_COMMANDS } from './catalog/make.ts';
import { SHARE_COMMANDS } from './catalog/share.ts';
import { SUPPLY_COMMANDS } from './catalog/supply.ts';
import { WORK_COMMANDS } from './catalog/work.ts';
import { type CommandRow, JSON_FLAG } from './command-row.ts';

/** Commands of these groups have two words. */
export const GROUPS: Readonly<Record<string, string>> = {
  cache: 'Look at the cache and remove what is in it',
  depot: 'Look after a shared store of finished assets',
};

/** Heading of what is about no project. */
export const ITSELF = 'Galley itself:';

export const COMMANDS: readonly CommandRow[] = [
  ...MAKE_COMMANDS,
  ...LOOK_COMMANDS,
  ...LOCK_COMMANDS,
  ...WORK_COMMANDS,
  ...FILE_COMMANDS,
  ...SHARE_COMMANDS,
  ...SUPPLY_COMMANDS,
  ...CACHE_COMMANDS,
  {
    begins: ITSELF,
    name: 'version',
    summary: 'Print the version of galley',
    arguments: [],
    flags: [JSON_FLAG],
    examples: [{ command: 'galley version', meaning: 'Which galley is this?' }],
    load: () => import('./commands/version.ts'),
  },
];
