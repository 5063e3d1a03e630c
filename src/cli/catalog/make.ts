// The commands that make packages, as rows of the catalog.
import { type CommandRow, type FlagRow, JSON_FLAG } from '../command-row.ts';
import { QUERIES, QUERY } from './queries.ts';

const CHECK_ASSETS: FlagRow = { flag: '--check-assets', meaning: 'Read cached assets again, and run the tests of all' };

export const MAKE_COMMANDS: readonly CommandRow[] = [
  {
    begins: 'Make:',
    name: 'init',
    summary: 'Start a project, or a recipe in one',
    arguments: [{ name: '[dir]', meaning: 'Directory of the project; the working directory when absent' }],
    flags: [
      { flag: '--recipe <identity>', meaning: 'Write a new recipe with this identity instead' },
      { flag: '--launcher', meaning: 'Write galleyw instead: a script that gets and runs the pinned galley' },
    ],
    examples: [
      { command: 'galley init', meaning: 'Write a galley.js here' },
      { command: 'galley init --recipe acme.zlib@r1', meaning: 'Write a first recipe for zlib' },
      { command: 'galley init --launcher', meaning: 'Let everybody run ./galleyw without installing galley' },
    ],
    load: () => import('../commands/init.ts'),
  },
  {
    name: 'sync',
    summary: 'Make everything the project wants: assets, lock file, launchers, setup and deploy',
    arguments: [QUERIES],
    flags: [{ flag: '--no-deploy', meaning: 'Leave out deploy actions' }, CHECK_ASSETS, JSON_FLAG],
    examples: [
      { command: 'galley sync', meaning: 'Bring the whole project up to date' },
      { command: 'galley sync zlib --no-deploy', meaning: 'Only zlib and what it needs' },
    ],
    load: () => import('../commands/sync.ts'),
  },
  {
    name: 'install',
    summary: 'Make assets, and nothing outside the cache',
    arguments: [QUERIES],
    flags: [CHECK_ASSETS, JSON_FLAG],
    examples: [{ command: 'galley install acme.zlib', meaning: 'Build zlib, or find it in the cache' }],
    load: () => import('../commands/install.ts'),
  },
  {
    name: 'build',
    summary: 'Make packages and place their products in directories of your choice',
    arguments: [QUERIES],
    flags: [
      { flag: '--output-dir <dir>', meaning: 'Place every product there; without it "outputs" of the manifest count' },
      {
        flag: '--platform <platform>',
        meaning: 'What the outputs are for, such as windows-x86_64; this machine when absent',
      },
      { flag: '--rebuild', meaning: 'Make the packages anew, though the cache has them' },
      { flag: '--cache-clean', meaning: 'First do what "galley cache clean" does; asks for --yes as that does' },
      { flag: '--localhost-test', meaning: 'Run what was placed, with the arguments after "--", else --version' },
      JSON_FLAG,
    ],
    examples: [
      { command: 'galley build --output-dir dist', meaning: 'All products of the project in one directory' },
      { command: 'galley build', meaning: 'What the manifest says in "outputs"' },
      { command: 'galley build app --output-dir dist --localhost-test -- --help', meaning: 'Does the copy run here?' },
    ],
    hasRest: true,
    load: () => import('../commands/build.ts'),
  },
  {
    name: 'run',
    summary: 'Run a command with the products of the project first on PATH',
    arguments: [
      { name: '<command>', meaning: 'Program to run' },
      { name: '[args...]', meaning: 'Its arguments' },
    ],
    flags: [],
    examples: [
      { command: 'galley run python3 build.py', meaning: "Use the project's python3" },
      { command: 'galley run -- cc --version', meaning: 'After -- nothing is taken for a flag of galley' },
    ],
    passThrough: true,
    load: () => import('../commands/run.ts'),
  },
  {
    name: 'test',
    summary: 'Make packages and run the tests that their recipes bring',
    arguments: [{ ...QUERIES, meaning: 'Packages to test; those of the manifest when there are none' }],
    flags: [JSON_FLAG],
    examples: [
      { command: 'galley test', meaning: 'Does everything that was made work? A recipe without a test is "untested"' },
      { command: 'galley test zlib --verbose', meaning: 'Only zlib, with all that its test prints' },
    ],
    load: () => import('../commands/test.ts'),
  },
  {
    name: 'asset',
    summary: 'Make one package and print where its asset is',
    arguments: [QUERY],
    flags: [JSON_FLAG],
    examples: [{ command: 'ls "$(galley asset zlib)/lib"', meaning: 'Look into an asset' }],
    load: () => import('../commands/asset.ts'),
  },
  {
    name: 'product',
    summary: 'Make the package that offers a product and print its path, or list all products',
    arguments: [{ name: '[product]', meaning: 'A product; without it all are listed and nothing is made' }],
    flags: [JSON_FLAG],
    examples: [
      { command: 'galley product python3', meaning: 'Where is python3?' },
      { command: 'galley product --json', meaning: 'All products as one JSON object' },
    ],
    load: () => import('../commands/product.ts'),
  },
];
