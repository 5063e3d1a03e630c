// Words → the command that is meant, its arguments and flags, and what is said about settings. Help is an answer like
// any other. Commander does the splitting; all it knows comes from the two tables.
import type { Command, CommanderError } from 'commander';
import { CODES, type Code } from '../model/codes.ts';
import type { Options } from './answer.ts';
import { COMMANDS, GROUPS, ITSELF } from './catalog.ts';
import type { CommandRow } from './command-row.ts';
import { examplesOf, NO_COMMAND, PROGRAM_SUMMARY } from './help.ts';
import { flagOf, SETTING_NAMES, SETTINGS, type SettingName, type SettingRule } from './setting-table.ts';
import { explainUsage } from './usage.ts';

export type SettingFlags = Partial<Record<SettingName, string | boolean | string[]>>;

export type CommandLine =
  | { kind: 'help'; text: string }
  /** `galley help COMMAND_FAILED`. */
  | { kind: 'code'; code: Code }
  | ({ kind: 'command'; row: CommandRow; settings: SettingFlags } & Pick<Options, 'args' | 'rest' | 'flags' | 'lists'>);

type Commander = typeof import('commander');

/** @throws Failure USAGE, with the nearest flag or command there is */
export async function parseCommandLine(argv: readonly string[]): Promise<CommandLine> {
  const commander = await import('commander');
  const words = argv[0] === '--version' ? ['version', ...argv.slice(1)] : argv;
  let help = '';
  let found: CommandLine | undefined;
  const program = createProgram(commander, (text) => (help += text));
  for (const row of COMMANDS) {
    const command = addCommand(program, row);
    // A command that is not named cannot be called; the options of all would cost every start 4 ms.
    if (words.includes(row.name.split(' ')[0] as string)) addSettings(commander, command, row.name);
    command.action(() => {
      const settings = joinSettings(readSettings(program), readSettings(command));
      found = {
        kind: 'command',
        row,
        ...splitArgs(command, row, words),
        ...readFlags(commander, command, row),
        settings,
      };
    });
  }
  try {
    program.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof commander.CommanderError) || !HELP_CODES.has(error.code)) throw error;
  }
  const code = found === undefined && words[0] === 'help' ? findCode(words[1]) : undefined;
  if (code !== undefined) return { kind: 'code', code };
  if (found === undefined) expectKnown(program);
  return found ?? { kind: 'help', text: help };
}

/** However it is written. */
function findCode(word = ''): Code | undefined {
  const name = word.toUpperCase().replaceAll('-', '_');
  return Object.hasOwn(CODES, name) ? (name as Code) : undefined;
}

/** Commander has taken the dashes away; what followed them is at the end. */
function splitArgs(
  { args }: Command,
  { hasRest }: CommandRow,
  words: readonly string[],
): Pick<Options, 'args' | 'rest'> {
  const dashes = words.indexOf('--');
  const count = hasRest && dashes >= 0 ? words.length - dashes - 1 : 0;
  return { args: args.slice(0, args.length - count), rest: args.slice(args.length - count) };
}

/** Commander answers a call for help about a command that does not exist with that about all. */
function expectKnown({ args, commands }: Command): void {
  const [name] = args.filter((word) => word !== 'help' && !word.startsWith('-'));
  const known = commands.map((command) => command.name());
  if (name !== undefined && !known.includes(name)) throw explainUsage({ message: `Unknown command "${name}"` }, known);
}

/** `galley`, `galley cache`, `galley help`, `galley sync --help`. */
const HELP_CODES: ReadonlySet<string> = new Set(['commander.help', 'commander.helpDisplayed']);

function createProgram(commander: Commander, write: (text: string) => void): Command {
  const program = new commander.Command('galley').description(PROGRAM_SUMMARY);
  program.configureOutput({ writeOut: write, writeErr: write, outputError: () => {} });
  program.showSuggestionAfterError(false);
  refuse(
    program,
    COMMANDS.map(({ name }) => name.split(' ')[0] as string),
  );
  // What follows the first argument of `run` is not ours, even if it looks like a flag of ours.
  program.enablePositionalOptions();
  program
    .commandsGroup(ITSELF)
    .helpCommand('help [command]', 'Show help for a command, or for a code such as COMMAND_FAILED');
  program.helpOption('-h, --help', 'Show this help');
  program.configureHelp({ subcommandTerm });
  addSettings(commander, program);
  return program.addHelpText('after', NO_COMMAND);
}

/** Without `[options]`: every command has some. */
function subcommandTerm(command: Command): string {
  const terms = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [command.name(), ...terms].join(' ');
}

function addCommand(program: Command, row: CommandRow): Command {
  if (row.begins) program.commandsGroup(row.begins);
  const [first, second] = row.name.split(' ') as [string, string?];
  const command = second === undefined ? program.command(first) : groupOf(program, first).command(second);
  command.description(row.summary);
  for (const argument of row.arguments) command.argument(argument.name, argument.meaning);
  for (const { flag, meaning, repeats } of row.flags)
    if (repeats) command.option(flag, meaning, collect);
    else command.option(flag, meaning);
  if (row.passThrough) command.passThroughOptions();
  refuse(
    command,
    row.flags.map(({ flag }) => flag.split(' ')[0] as string),
  );
  return command.addHelpText('after', examplesOf(row));
}

const collect = (value: string, before: string[] = []): string[] => [...before, value];

/** What commands of two words belong to; it comes with the first of them. */
function groupOf(program: Command, name: string): Command {
  const known = program.commands.find((command) => command.name() === name);
  if (known) return known;
  const group = program.command(name).description(GROUPS[name] as string);
  group.helpCommand(false).enablePositionalOptions();
  refuse(
    group,
    COMMANDS.filter((row) => row.name.startsWith(`${name} `)).map((row) => row.name.slice(name.length + 1)),
  );
  return group;
}

/**
 * Settings may stand before or after the command; help shows them once, for `galley` itself. Those of one command stand
 * after it, and its own help shows them.
 */
function addSettings({ Option }: Commander, command: Command, name?: string): void {
  for (const setting of SETTING_NAMES) {
    const rule = SETTINGS[setting];
    if (rule.of !== undefined && rule.of !== name) continue;
    for (const [position, flags] of spellingsOf(setting, rule).entries()) {
      const isShown = rule.of === name && position === shownOf(rule);
      const option = new Option(flags, meaningOf(rule)).hideHelp(!isShown);
      if (rule.form.kind === 'list') option.argParser(collect);
      if (rule.form.kind === 'switch' && position > 0 && rule.form.opposite) option.conflicts(setting);
      command.addOption(option);
    }
  }
}

/** Which spelling help shows: the one that somebody could have a reason to write. */
function shownOf({ form }: SettingRule): number {
  return form.kind === 'switch' && form.onByDefault ? 1 : 0;
}

function meaningOf({ meaning, form }: SettingRule): string {
  return form.kind === 'choice' && form.placeholder ? `${meaning}: ${form.choices.join(', ')}` : meaning;
}

/** How a setting is written, for commander: `-j, --jobs <n>`; a switch has a second form for false. */
function spellingsOf(name: SettingName, { form, short }: SettingRule): string[] {
  const flag = `${short ? `-${short}, ` : ''}--${flagOf(name)}`;
  switch (form.kind) {
    case 'switch':
      return [flag, `--${form.opposite ?? `no-${flagOf(name)}`}`];
    case 'choice':
      return [`${flag} <${form.placeholder ?? form.choices.join('|')}>`];
    case 'order':
      return [`${flag} <${form.choices.join(',')}>`];
    default:
      return [`${flag} <${form.placeholder}>`];
  }
}

function readSettings(command: Command): SettingFlags {
  const given: Record<string, string | boolean | string[] | undefined> = command.opts();
  const settings: SettingFlags = {};
  for (const name of SETTING_NAMES) {
    const { form } = SETTINGS[name];
    const value = form.kind === 'switch' && form.opposite && given[camel(form.opposite)] ? false : given[name];
    if (value !== undefined) settings[name] = value;
  }
  return settings;
}

/** What stands after the command decides; lists are longer by it. */
function joinSettings(before: SettingFlags, after: SettingFlags): SettingFlags {
  const joined = { ...before, ...after };
  for (const name of SETTING_NAMES) {
    const [first, second] = [before[name], after[name]];
    if (Array.isArray(first) && Array.isArray(second)) joined[name] = [...first, ...second];
  }
  return joined;
}

/** By the name in the table: commander keeps `--no-deploy` as `deploy: false`. */
function readFlags({ Option }: Commander, command: Command, row: CommandRow): Pick<Options, 'flags' | 'lists'> {
  const flags: Record<string, string | true> = {};
  const lists: Record<string, string[]> = {};
  for (const { flag } of row.flags) {
    const option = new Option(flag);
    const attribute = option.attributeName();
    if (command.getOptionValueSource(attribute) !== 'cli') continue;
    const name = (option.long as string).slice(2);
    const value: unknown = command.getOptionValue(attribute);
    if (Array.isArray(value)) lists[name] = value;
    else flags[name] = typeof value === 'string' ? value : true;
  }
  return { flags, lists };
}

function refuse(command: Command, known: readonly string[]): void {
  command.exitOverride((error: CommanderError) => {
    throw HELP_CODES.has(error.code) ? error : explainUsage(error, known);
  });
}

function camel(flag: string): string {
  return flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
