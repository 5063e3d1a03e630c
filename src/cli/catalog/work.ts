// The commands that people work with in a project, as rows of the catalog.
import { type CommandRow, JSON_FLAG } from '../command-row.ts';
import { COMPLETED_SHELLS } from '../complete/shells.ts';
import { SCHEMA_NAMES } from '../schema-names.ts';

export const WORK_COMMANDS: readonly CommandRow[] = [
  {
    begins: 'Work:',
    name: 'shell',
    summary: 'Open a shell with the products of the project, or where the commands of a package worked',
    arguments: [{ name: '[command...]', meaning: 'Run this instead, and end with its status' }],
    flags: [
      { flag: '--in <query>', meaning: 'Open the work of a failed package, or an empty place for a finished one' },
    ],
    examples: [
      { command: 'galley shell', meaning: 'Your own shell, with the products first on PATH' },
      { command: 'galley shell --in zlib', meaning: 'Look at what failed, with the environment it had' },
      { command: 'galley shell --in zlib -- make V=1', meaning: 'Try one command there' },
    ],
    passThrough: true,
    load: () => import('../commands/shell.ts'),
  },
  {
    name: 'env',
    summary: 'Print the variables of the project, or those that the commands of a package see; makes nothing',
    arguments: [],
    flags: [
      { flag: '--format <bash|zsh|fish|dotenv|json>', meaning: 'For bash unless told' },
      { flag: '--in <query>', meaning: 'The whole environment of the commands of a package' },
      JSON_FLAG,
    ],
    examples: [
      { command: 'eval "$(galley env)"', meaning: 'Have the products on PATH in a script' },
      { command: 'galley env --format dotenv > .env', meaning: 'For a program that reads such files' },
      { command: 'galley env --in zlib', meaning: 'What does the build of zlib see?' },
    ],
    load: () => import('../commands/env.ts'),
  },
  {
    name: 'doctor',
    summary: 'Look for what is wrong with this machine, the cache, the settings and the project',
    arguments: [],
    flags: [JSON_FLAG],
    examples: [
      { command: 'galley doctor', meaning: 'Everything that is worth knowing in a bug report' },
      { command: 'galley doctor --offline', meaning: 'Without asking any host' },
    ],
    load: () => import('../commands/doctor.ts'),
  },
  {
    name: 'hook',
    summary: 'Print the shell integration: launchers of a project on PATH while you are in it',
    arguments: [{ name: '<shell>', meaning: 'bash, zsh or fish', choices: ['bash', 'zsh', 'fish'] }],
    flags: [{ flag: '--sync', meaning: 'Run "galley sync" when the project has changed, instead of saying so' }],
    examples: [
      { command: 'eval "$(galley hook bash)"', meaning: 'In ~/.bashrc; the same for zsh' },
      { command: 'galley hook fish --sync | source', meaning: 'In ~/.config/fish/config.fish' },
    ],
    load: () => import('../commands/hook.ts'),
  },
  {
    name: 'completion',
    summary: 'Print what completes command lines of galley in a shell, with the names of the project',
    arguments: [{ name: '<shell>', meaning: 'bash, zsh, fish or powershell', choices: COMPLETED_SHELLS }],
    flags: [],
    examples: [
      { command: 'eval "$(galley completion bash)"', meaning: 'In ~/.bashrc; the same for zsh' },
      { command: 'galley completion fish | source', meaning: 'In ~/.config/fish/config.fish' },
      { command: 'galley completion powershell | Out-String | iex', meaning: 'In the file that $PROFILE names' },
    ],
    load: () => import('../commands/completion.ts'),
  },
  {
    name: 'schema',
    summary: 'Print the JSON schema of a file that galley reads or writes, for editors and scripts',
    arguments: [{ name: '<file>', meaning: 'lock, settings or summary', choices: SCHEMA_NAMES }],
    flags: [{ flag: '--output <file>', meaning: 'Write this file instead of stdout' }],
    examples: [
      { command: 'galley schema settings --output settings.schema.json', meaning: 'What galley.json may hold' },
      { command: 'galley schema lock | jq .description', meaning: 'Of galley.lock' },
    ],
    load: () => import('../commands/schema.ts'),
  },
];
