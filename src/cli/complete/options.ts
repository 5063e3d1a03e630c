// The options that can stand on a command line, with what can stand behind them: those of a command, and the settings.
import type { CommandRow } from '../command-row.ts';
import { flagOf, SETTING_NAMES, SETTINGS, type SettingForm } from '../setting-table.ts';

export interface KnownOption {
  /** `--jobs`, and for some `-j`. */
  spellings: string[];
  meaning: string;
  /** What its value is called, or the choices with bars between; undefined of an option without a value. */
  value?: string;
  /** Completed only when it has been begun. */
  isQuiet?: true;
}

/** @param row the command, where one is named already */
export function optionsFor(row: CommandRow | undefined): KnownOption[] {
  const own = (row?.flags ?? []).map(({ flag, meaning }): KnownOption => {
    const [spelling = '', value] = flag.split(' ');
    return { spellings: [spelling], meaning, ...(value !== undefined && { value: nameOf(value) }) };
  });
  return [...own, ...settingOptions(row?.name), { spellings: ['--help', '-h'], meaning: 'Show this help' }];
}

/** `<query>` and `[query...]` → `query`. */
export function nameOf(placeholder: string): string {
  return placeholder.replace(/^[<[]|(\.\.\.)?[>\]]$/g, '');
}

function settingOptions(command: string | undefined): KnownOption[] {
  return SETTING_NAMES.flatMap((setting): KnownOption[] => {
    const { form, short, of, meaning } = SETTINGS[setting];
    if (of !== undefined && of !== command) return [];
    const spellings = [`--${flagOf(setting)}`, ...(short ? [`-${short}`] : [])];
    if (form.kind !== 'switch') return [{ spellings, meaning, value: placeOf(form) }];
    const negation = [`--${form.opposite ?? `no-${flagOf(setting)}`}`];
    const [usual, other] = form.onByDefault ? [negation, spellings] : [spellings, negation];
    const opposite = { spellings: other, meaning: `The opposite of ${usual[0]}` };
    return [{ spellings: usual, meaning }, form.opposite === undefined ? { ...opposite, isQuiet: true } : opposite];
  });
}

function placeOf(form: Exclude<SettingForm, { kind: 'switch' }>): string {
  if (form.kind === 'choice') return form.choices.join('|');
  return form.kind === 'order' ? form.choices.join(',') : form.placeholder;
}
