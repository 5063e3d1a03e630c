// What a command is called with, and what it answers. Commands print nothing: results go out through the answer, all
// else through events.
import type { Services } from '../build/services.ts';
import type { Json } from '../model/json.ts';
import type { Settings } from '../model/settings.ts';
import type { Origins } from './settings.ts';

export interface Options {
  settings: Settings;
  /** Where each of them came from. */
  origins: Origins;
  /** Positional arguments, in order. */
  args: string[];
  /** What follows `--`, for a command that hands it on. */
  rest: string[];
  /** The command's own flags, by their long name: `no-deploy`, `json`. */
  flags: Readonly<Record<string, string | true>>;
  /** Those that may be given several times, with all their values in order: `include`. */
  lists: Readonly<Record<string, string[]>>;
}

export interface Answer {
  status: number;
  /** The result as text for stdout, without the last line break. */
  stdout?: string;
  /** The same result for `--json`. */
  json?: Json;
  /** A command that galley turns into once everything of its own is closed; its exit status then counts. */
  become?: {
    argv: string[];
    cwd: string;
    env: Record<string, string>;
    /** Once the command is gone, however it went. */
    afterwards?(): Promise<void>;
  };
}

/** What every file in `commands/` exports as `run`. */
export type Run = (services: Services, options: Options, signal: AbortSignal) => Promise<Answer>;
