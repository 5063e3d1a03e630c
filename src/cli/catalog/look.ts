// The commands that look at a project and make nothing, as rows of the catalog.
import { type CommandRow, JSON_FLAG } from '../command-row.ts';
import { QUERIES, QUERY } from './queries.ts';

export const LOOK_COMMANDS: readonly CommandRow[] = [
  {
    begins: 'Look:',
    name: 'list',
    summary: 'Show the packages of the project and whether they are in the cache',
    arguments: [],
    flags: [JSON_FLAG],
    examples: [{ command: 'galley list --json', meaning: 'Everything that is known of each package' }],
    load: () => import('../commands/list.ts'),
  },
  {
    name: 'graph',
    summary: 'Show which package needs which, without making any',
    arguments: [{ ...QUERIES, meaning: 'Packages to show, with all that they need; all of the project without' }],
    flags: [{ flag: '--format <text|dot|mermaid|json>', meaning: 'A tree (text) unless another is named' }, JSON_FLAG],
    examples: [
      { command: 'galley graph', meaning: 'Everything as a tree; (*) marks what was told above' },
      { command: 'galley graph zlib --format dot | dot -Tsvg', meaning: 'Draw zlib and what it needs' },
    ],
    load: () => import('../commands/graph.ts'),
  },
  {
    name: 'why',
    summary: 'Show who needs a package, by every path from the manifest to it',
    arguments: [QUERY],
    flags: [
      { flag: '--paths <n>', meaning: 'Show so many paths, the shortest first; 10 unless told' },
      { flag: '--rebuild', meaning: 'Show instead what has changed since it was last built' },
      JSON_FLAG,
    ],
    examples: [
      { command: 'galley why zlib', meaning: 'Who brings zlib in, by which phase, and where is that written?' },
      { command: 'galley why zlib --rebuild', meaning: 'Why will the next sync build zlib again?' },
    ],
    load: () => import('../commands/why.ts'),
  },
  {
    name: 'lint',
    summary: 'Check the manifest and every recipe, and give advice',
    arguments: [],
    flags: [JSON_FLAG],
    examples: [{ command: 'galley lint', meaning: 'Show all problems at once' }],
    load: () => import('../commands/lint.ts'),
  },
  {
    name: 'log',
    summary: 'Print the newest full log of a package',
    arguments: [QUERY],
    flags: [{ flag: '--path', meaning: 'Print the path of the log instead' }],
    examples: [{ command: 'galley log gcc', meaning: 'What did the last build of gcc print?' }],
    load: () => import('../commands/log.ts'),
  },
  {
    name: 'replay',
    summary: 'Tell a recorded run again, as it was told or by another reporter; makes nothing',
    arguments: [{ name: '<trace>', meaning: 'What --trace has written; - for stdin' }],
    flags: [
      {
        flag: '--speed <factor>',
        meaning: '1 is as fast as it was, 10 ten times as fast, 0 at once; 1 unless told where it is drawn, else 0',
      },
    ],
    examples: [
      { command: 'galley replay run.jsonl', meaning: 'What did the run tell that somebody sent me?' },
      { command: 'galley replay run.jsonl --verbose', meaning: 'Every step of it, though it was quiet then' },
      { command: 'galley replay run.jsonl --speed 10', meaning: 'Watch it again, ten times as fast' },
    ],
    retells: true,
    load: () => import('../commands/replay.ts'),
  },
];
