// The reference page of what commands of recipes see in their environment.
import { FACTS, PASSED, SOURCE_DATE_EPOCH, TOOL_CACHES } from '../../build/environment.ts';
import { cell, page, table } from './markdown.ts';

const ABOUT = `A command of a recipe sees these variables and no others, so that a build does not depend on the shell it is started from.
\`galley env --in <package>\` prints them as they are for one package, and \`galley shell --in <package>\` opens a shell with them. Of
[settings](settings.md), which are variables too, commands see nothing.`;

const MADE = [
  [
    'PATH',
    'Directories of the products of all dependencies that this phase may use, in their order, then the PATH of the person',
  ],
  ['GALLEY_OPTION_<NAME>', 'Each option: text as it is, lists and tables as JSON'],
  ['GALLEY_ASSET_<NAME>', 'The asset of each dependency that this phase may use, by its `as`, else its name'],
  ['TMPDIR', 'As `GALLEY_TMP_DIR`'],
  ['GIT_CEILING_DIRECTORIES', 'The cache, so that git finds no repository around it'],
  ['SOURCE_DATE_EPOCH', `${SOURCE_DATE_EPOCH}, the first day of 1980: tools write this date and not today's`],
] as const;

const OWN = `Two lists of names add to these. \`env\` of a [recipe](recipe.md) is for inputs: name and value are in the key, so another value
is another package. \`env\` of the [manifest](manifest.md) is for credentials: commands see them, and no key has them. In names that
are made of other names, small letters become capitals and what is neither letter nor digit becomes \`_\`; two that become one are
an error. The field \`env\` of \`ctx.run\` wins over all.`;

export function variablesPage(): string {
  const named = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');
  const facts = Object.entries(FACTS).map(([name, { meaning }]) => [name, meaning] as const);
  const caches = Object.entries(TOOL_CACHES).map(([name, dir]) => [`\`${name}\``, `\`${dir}\``]);
  return page('Variables that commands see', [
    ABOUT,
    '## Set by galley',
    table(
      ['variable', 'value'],
      [...facts, ...MADE].map(([name, meaning]) => [`\`${name}\``, cell(meaning)]),
    ),
    '## Caches of tools',
    'Inside the temporary directory of the package, so that no build finds what another one left.',
    table(['variable', 'directory in `GALLEY_TMP_DIR`'], caches),
    '## Of the person',
    table(
      ['variables', 'for'],
      PASSED.map(({ names, meaning }) => [named(names), meaning]),
    ),
    '## Your own',
    OWN,
  ]);
}
