// What could come next on a command line that is being typed: commands, their options and arguments, all from the tables
// that parsing follows.
import { COMMANDS, GROUPS } from '../catalog.ts';
import type { ArgumentRow, CommandRow } from '../command-row.ts';
import { type KnownOption, nameOf, optionsFor } from './options.ts';
import type { ProjectNames } from './project.ts';
import { among, type Candidate, type Completions, NOTHING, valuesOf } from './values.ts';

/** What the words before the last one have settled. */
interface Typed {
  /** Of the command, one or two. */
  name: string[];
  row?: CommandRow;
  /** Positional arguments of it. */
  args: string[];
  /** Waits for its value. */
  option?: KnownOption;
  /** The rest belongs to the command as it is. */
  isRest?: true;
}

/**
 * @param words all after the name of the program; the last one is being typed
 * @param project asked only when its names could come next
 */
export function complete(words: readonly string[], project: () => ProjectNames): Completions {
  const word = words.at(-1) ?? '';
  const typed = words.slice(0, -1).reduce<Typed>(read, { name: [], args: [] });
  if (typed.option) return valuesOf(typed.option.value ?? '', word, project);
  if (!typed.isRest && word.startsWith('-')) return optionsLike(word, typed, project);
  if (typed.row) return argumentOf(typed.row, typed.args, word, project);
  return { candidates: commandsLike(word, typed.name), addition: 'nothing' };
}

function read(typed: Typed, word: string): Typed {
  const { option, ...rest } = typed;
  if (option) return rest;
  if (typed.isRest) return { ...typed, args: [...typed.args, word] };
  if (word === '--') return { ...typed, isRest: true };
  if (word.startsWith('-')) {
    const found = optionsFor(typed.row).find(({ spellings }) => spellings.includes(word));
    return found?.value === undefined ? typed : { ...typed, option: found };
  }
  if (typed.row) {
    const isRest = typed.row.passThrough && { isRest: true as const };
    return { ...typed, args: [...typed.args, word], ...isRest };
  }
  const name = [...typed.name, word];
  const row = COMMANDS.find((one) => one.name === name.join(' '));
  return { ...typed, name, ...(row && { row }) };
}

function optionsLike(word: string, { row, name }: Typed, project: () => ProjectNames): Completions {
  const options = optionsFor(row);
  const [spelling = '', ...value] = word.split('=');
  if (value.length > 0) {
    const option = options.find(({ spellings }) => spellings.includes(spelling));
    if (option?.value === undefined) return NOTHING;
    const { candidates } = valuesOf(option.value, value.join('='), project);
    return {
      candidates: candidates.map((one) => ({ ...one, value: `${spelling}=${one.value}` })),
      addition: 'nothing',
    };
  }
  if (name.length > 0 && row === undefined) return NOTHING;
  const candidates = options.flatMap(({ spellings, meaning, isQuiet }) => {
    const [long = ''] = spellings;
    const isBegun = !isQuiet || (word.length > '--'.length && word.startsWith('--no'));
    return isBegun && long.startsWith(word) ? [{ value: long, meaning }] : [];
  });
  return { candidates, addition: 'nothing' };
}

function argumentOf(
  { arguments: rows }: CommandRow,
  args: readonly string[],
  word: string,
  project: () => ProjectNames,
): Completions {
  const row = rows[args.length] ?? rows.findLast(isRepeated);
  if (row === undefined) return NOTHING;
  const found = row.choices ? among(row.choices, word) : valuesOf(nameOf(row.name), word, project);
  return { ...found, candidates: found.candidates.filter(({ value }) => !isRepeated(row) || !args.includes(value)) };
}

function isRepeated({ name }: ArgumentRow): boolean {
  return name.includes('...');
}

/** @param name what is there of the name already: nothing, a group, or what is no command */
function commandsLike(word: string, name: readonly string[]): Candidate[] {
  const [first] = name;
  const isHelp = first === 'help' && name.length === 1;
  if (first === undefined || isHelp) {
    const help = { value: 'help', meaning: 'Show help for a command' };
    const known = [...COMMANDS.map(firstWord), ...(isHelp ? [] : [help])];
    return [...new Map(known.map((one) => [one.value, one])).values()].filter(({ value }) => value.startsWith(word));
  }
  if (name.length > 1) return [];
  const own = COMMANDS.filter((row) => row.name.startsWith(`${first} `));
  return own
    .map((row) => ({ value: row.name.slice(first.length + 1), meaning: row.summary }))
    .filter(({ value }) => value.startsWith(word));
}

function firstWord({ name, summary }: CommandRow): Candidate {
  const [value = ''] = name.split(' ');
  return { value, meaning: GROUPS[value] ?? summary };
}
