// The commands that tell others what was built from what, and by whom, as rows of the catalog.
import { type CommandRow, JSON_FLAG } from '../command-row.ts';
import { QUERIES } from './queries.ts';

export const SUPPLY_COMMANDS: readonly CommandRow[] = [
  {
    begins: 'Tell others what it is made of:',
    name: 'sbom',
    summary: 'Print a bill of materials (CycloneDX) of the project, without making anything',
    arguments: [{ ...QUERIES, meaning: 'Packages to tell, with all that they need; all of the project without' }],
    flags: [
      { flag: '--format <json|xml>', meaning: 'JSON unless told' },
      {
        flag: '--scope <all|runtime>',
        meaning: 'With what only builds need (all), which is marked as excluded, or without',
      },
      { flag: '--name <name>', meaning: 'What the project is called; the name of its directory unless told' },
      { flag: '--output <file>', meaning: 'Write this file instead of stdout' },
    ],
    examples: [
      { command: 'galley sbom --output bom.json', meaning: 'All that the project is made from and with' },
      { command: 'galley sbom zlib --scope runtime --format xml', meaning: 'What zlib is when it is used' },
    ],
    load: () => import('../commands/sbom.ts'),
  },
  {
    name: 'provenance',
    summary: 'Print who made assets from what (SLSA), signed where there is a key',
    arguments: [{ ...QUERIES, meaning: 'Packages to state, each on a line; all of the manifest without' }],
    flags: [{ flag: '--output <file>', meaning: 'Write this file instead of stdout' }],
    examples: [
      {
        command: 'galley provenance zlib --sign-key key.pem --output zlib.intoto.jsonl',
        meaning: 'A signed statement (DSSE, in-toto) for whoever gets the asset',
      },
    ],
    load: () => import('../commands/provenance.ts'),
  },
  {
    name: 'provenance verify',
    summary: 'Check who has signed statements, and that assets are what they say',
    arguments: [
      { name: '<file>', meaning: 'Statements, each on a line; - for stdin' },
      { name: '[archive]', meaning: 'What has to be the asset; the one in the cache unless told' },
    ],
    flags: [
      { flag: '--key <key>', meaning: 'A public key that is trusted, instead of trusted_keys', repeats: true },
      JSON_FLAG,
    ],
    examples: [
      {
        command: 'galley provenance verify zlib.intoto.jsonl',
        meaning: 'Is zlib in the cache what a trusted key has signed?',
      },
    ],
    load: () => import('../commands/provenance-verify.ts'),
  },
];
