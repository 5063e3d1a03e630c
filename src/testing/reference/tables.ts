// The reference pages that follow from tables in the code, as text. For tests only: they hold the pages in docs/reference
// to the tables.
import { ADDRESS_SETTINGS } from '../../cli/address-settings.ts';
import { COMMANDS } from '../../cli/catalog.ts';
import type { CommandRow } from '../../cli/command-row.ts';
import {
  fieldOf,
  flagOf,
  SETTING_NAMES,
  SETTINGS,
  type SettingForm,
  type SettingName,
  variableOf,
} from '../../cli/setting-table.ts';
import { fence, page, table } from './markdown.ts';

export function settingsPage(): string {
  const order = [
    'The first place that has a setting decides: flag, environment, project, user, default.',
    'The project keeps settings in `galley.json` beside `galley.js`, a user in `$XDG_CONFIG_HOME/galley/config.json`',
    '(`~/.config/galley/config.json`). Both are JSON objects, for example `{ "jobs": 4, "offline": true }`. Relative paths',
    'in a file start at the file. Every switch has a form for false: `--no-…`, or the one named below.',
  ].join('\n');
  const head = ['flag', 'variable', 'in files', 'meaning', 'default'];
  return page('Settings', [order, table(head, SETTING_NAMES.map(settingRow)), ...addressTables()]);
}

/** What no flag and no variable can say. */
function addressTables(): string[] {
  const rows = Object.entries(ADDRESS_SETTINGS).map(([name, { files, meaning, example }]) => [
    `\`${name}\``,
    files,
    meaning,
    `\`${example}\``,
  ]);
  return [
    'Tables of addresses are in files only; [fetching](../guide/fetching.md) tells how they work.',
    table(['table', 'in files of', 'meaning', 'example'], rows),
  ];
}

function settingRow(name: SettingName): string[] {
  const { form, short, of, meaning, byDefault, inFiles } = SETTINGS[name];
  const negation = form.kind === 'switch' && form.onByDefault ? 'no-' : '';
  const flags = [...(short ? [`-${short}`] : []), `--${negation}${flagOf(name)}${placeholderOf(form)}`];
  if (form.kind === 'switch' && form.opposite) flags.push(`--${form.opposite}`);
  return [
    flags.map((flag) => `\`${flag}\``).join(', '),
    `\`${variableOf(name)}\``,
    inFiles ? `\`${fieldOf(name)}\`` : '–',
    of === undefined ? meaning : `${meaning} (\`galley ${of}\` only)`,
    byDefault ?? (form.kind === 'switch' ? 'off' : 'unset'),
  ];
}

function placeholderOf(form: SettingForm): string {
  switch (form.kind) {
    case 'switch':
      return '';
    case 'choice':
      return ` ${form.choices.join('\\|')}`;
    case 'order':
      return ` ${form.choices.join(',')}`;
    default:
      return ` <${form.placeholder}>`;
  }
}

export function commandsPage(): string {
  const rules = [
    'Results go to stdout, everything for people to stderr. Every command takes the [settings](settings.md) as flags, and',
    '`--help`. Exit status: 0 fine, 1 a build failed, 2 usage or input, 3 environment, 70 our bug, 130 or 143 interrupted;',
    'see [errors](errors.md).',
  ].join('\n');
  return page('Commands', [rules, ...COMMANDS.map(commandSection)]);
}

function commandSection(row: CommandRow): string {
  const usage = [
    'galley',
    row.name,
    ...(row.flags.length > 0 ? ['[options]'] : []),
    ...row.arguments.map(({ name }) => name),
  ];
  const parts = [`## ${row.name}`, `${row.summary}.`, fence([usage.join(' ')])];
  const words = [
    ...row.arguments.map(({ name, meaning }) => [name, meaning]),
    ...row.flags.map(({ flag, meaning }) => [flag, meaning]),
  ];
  if (words.length > 0) parts.push(words.map(([word, meaning]) => `- \`${word}\` – ${meaning}`).join('\n'));
  parts.push(fence(row.examples.flatMap(({ command, meaning }) => [`# ${meaning}`, command])));
  return parts.join('\n\n');
}
