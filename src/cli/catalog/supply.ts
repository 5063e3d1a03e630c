// The commands that tell others what was built from what, and by whom, as rows of the catalog.
import type { CommandRow } from '../command-row.ts';
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
];
