// Every setting of a run, once: how it is spelled, what it accepts, what it means. Flags, variables, settings files, help
// and docs/reference/settings.md all follow from this table.
import { COLORS, OUTPUT_STRATEGIES, REPORTERS, type Settings } from '../model/settings.ts';

/** Tables of addresses have rules of their own (address-settings). */
export type SettingName = Exclude<keyof Settings, 'mirrors' | 'tokens'>;

export type SettingForm =
  /** A file or directory; relative to the working directory, or to the settings file that names it. */
  | { kind: 'path'; placeholder: string }
  /** A whole number from 1, or from `least`. */
  | { kind: 'count'; placeholder: string; least?: number }
  /** More than none; also parts of one. */
  | { kind: 'seconds'; placeholder: string }
  /** Present or absent; `opposite` is the flag for false when it is not `--no-…`. */
  | { kind: 'switch'; opposite?: string; onByDefault?: true }
  /** A placeholder stands for choices that are too many for a column of help; they are named behind the meaning then. */
  | { kind: 'choice'; choices: readonly string[]; placeholder?: string }
  /** Some of the choices, each once, in an order: with commas between them, or a list in a file. */
  | { kind: 'order'; choices: readonly string[] }
  /** An absolute URI, which nobody has to be able to open. */
  | { kind: 'uri'; placeholder: string }
  /** Several, separated by commas, and the flag may be repeated; a list in files. */
  | { kind: 'list'; placeholder: string; of: 'place' | 'public key' | 'summary' };

export interface SettingRule {
  form: SettingForm;
  short?: string;
  /** The one command that has the flag; without it, all have. */
  of?: string;
  /** When it is not `GALLEY_` and the flag. */
  variable?: string;
  meaning: string;
  /** How the default reads; a switch is off and a path is unset unless this says otherwise. */
  byDefault?: string;
  /** False: belongs to one run, so a file cannot set it. */
  inFiles: boolean;
}

const path = (placeholder: string): SettingForm => ({ kind: 'path', placeholder });
const toggle: SettingForm = { kind: 'switch' };

export const SETTINGS: { readonly [Name in SettingName]: SettingRule } = {
  manifest: {
    form: path('file'),
    meaning: 'The manifest to work with',
    byDefault: 'the nearest galley.js above the working directory',
    inFiles: false,
  },
  cacheRoot: {
    form: path('dir'),
    meaning: 'Where recipes, downloads and assets are kept',
    byDefault: "the platform's cache directory",
    inFiles: true,
  },
  jobs: {
    form: { kind: 'count', placeholder: 'n' },
    short: 'j',
    meaning: 'How many steps that keep a core busy run at once',
    byDefault: 'number of cores',
    inFiles: true,
  },
  reporter: {
    form: { kind: 'choice', choices: REPORTERS, placeholder: 'how' },
    meaning: 'How the run is told on stderr',
    byDefault: 'auto: drawn at a terminal, annotations in a workflow, else plain',
    inFiles: true,
  },
  quiet: { form: toggle, short: 'q', meaning: 'Tell only warnings and errors', inFiles: true },
  verbose: { form: toggle, meaning: 'Tell every step, and every line that commands print', inFiles: true },
  trace: { form: path('file'), meaning: 'Write every event to this file as JSON, one per line', inFiles: false },
  profile: {
    form: path('file'),
    meaning: 'Write where the time went to this file, for ui.perfetto.dev or chrome://tracing',
    inFiles: false,
  },
  summary: {
    form: { kind: 'list', placeholder: 'file', of: 'summary' },
    meaning: 'Write a report of the whole run: JSON into a file named *.json, JUnit XML into one named *.xml',
    byDefault: 'none',
    inFiles: false,
  },
  color: {
    form: { kind: 'choice', choices: COLORS },
    meaning: 'Whether to use colours',
    byDefault: 'auto: on a terminal, unless NO_COLOR is set',
    inFiles: true,
  },
  offline: { form: toggle, meaning: 'Do not use the network', inFiles: true },
  fetchTimeout: {
    form: { kind: 'count', placeholder: 'seconds' },
    meaning: 'How long a server may send nothing before it is asked again',
    byDefault: '30',
    inFiles: true,
  },
  frozen: {
    form: toggle,
    meaning: 'Fail if galley.lock would change',
    byDefault: 'on when CI is set, else off',
    inFiles: true,
  },
  strict: { form: toggle, meaning: 'Refuse sources without a sha256 or commit', inFiles: true },
  failFast: {
    form: { kind: 'switch', opposite: 'keep-going' },
    meaning: 'End the run at the first failure, instead of building all that does not depend on it',
    inFiles: true,
  },
  dryRun: { form: toggle, meaning: 'Say what would be done, and do nothing', inFiles: false },
  yes: { form: toggle, short: 'y', meaning: 'Do what is asked without a second question', inFiles: false },
  outputStrategy: {
    form: { kind: 'order', choices: OUTPUT_STRATEGIES },
    of: 'build',
    variable: 'GALLEY_OUTPUT_STRATEGY_PRIORITY',
    meaning: 'Which ways of placing an output are tried, in this order',
    byDefault: OUTPUT_STRATEGIES.join(','),
    inFiles: true,
  },
  copyRetries: {
    form: { kind: 'count', placeholder: 'n', least: 0 },
    of: 'build',
    variable: 'GALLEY_COPY_RETRY_COUNT',
    meaning: 'How often a copy is tried again after an error that passes by itself',
    byDefault: '3',
    inFiles: true,
  },
  copyTimeout: {
    form: { kind: 'seconds', placeholder: 'seconds' },
    of: 'build',
    variable: 'GALLEY_COPY_TIMEOUT_SECS',
    meaning: 'How long one copy may take',
    byDefault: '30',
    inFiles: true,
  },
  verifyCopy: {
    form: { kind: 'switch', onByDefault: true },
    of: 'build',
    variable: 'GALLEY_VERIFY_COPIES',
    meaning: 'Do not read copies again to compare their size and sha256',
    byDefault: 'true: they are read again',
    inFiles: true,
  },
  depots: {
    form: { kind: 'list', placeholder: 'places', of: 'place' },
    meaning: 'Where finished assets are shared: URLs and directories, asked before those of the manifest',
    byDefault: 'none',
    inFiles: true,
  },
  trustedKeys: {
    form: { kind: 'list', placeholder: 'keys', of: 'public key' },
    meaning:
      'Keys whose signatures of depots count, with those of the manifest; where there are none, all are believed',
    byDefault: 'none',
    inFiles: true,
  },
  builderId: {
    form: { kind: 'uri', placeholder: 'uri' },
    meaning: 'What provenance calls whoever builds here',
    byDefault: 'galley:builder/local',
    inFiles: true,
  },
  signKey: {
    form: path('file'),
    meaning: 'The private key (galley depot key) that signs what is shared',
    inFiles: true,
  },
};

export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

/** `cacheRoot` → `cache-root`. */
export function flagOf(name: SettingName): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `cacheRoot` → `GALLEY_CACHE_ROOT`. */
export function variableOf(name: SettingName): string {
  return SETTINGS[name].variable ?? `GALLEY_${flagOf(name).replaceAll('-', '_').toUpperCase()}`;
}

/** The name in a settings file: `cacheRoot` → `cache_root`. */
export function fieldOf(name: SettingName): string {
  return flagOf(name).replaceAll('-', '_');
}
