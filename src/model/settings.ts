// What the person at the keyboard decides about a run. Where each value came from, and how it is spelled as a flag or
// variable, is the command line's business.
import type { Mirror } from './mirror.ts';
import type { PublicKey } from './public-key.ts';
import type { TokenRule } from './token.ts';

export const REPORTERS = ['auto', 'tui', 'plain', 'json', 'github'] as const;
export const COLORS = ['auto', 'always', 'never'] as const;
export const OUTPUT_STRATEGIES = ['cache', 'project', 'memory'] as const;
export type StrategyName = (typeof OUTPUT_STRATEGIES)[number];

export interface Settings {
  /** Absolute path of galley.js; undefined: the nearest one above the working directory. */
  manifest: string | undefined;
  /** Absolute path of the cache. */
  cacheRoot: string;
  /** How many steps that keep a core busy run at once. */
  jobs: number;
  reporter: (typeof REPORTERS)[number];
  quiet: boolean;
  verbose: boolean;
  /** Absolute path of a file that gets every event. */
  trace: string | undefined;
  /** Absolute path of a file that gets where the time went. */
  profile: string | undefined;
  /** Absolute paths of files that get a report of the whole run: `.json`, or `.xml` for JUnit. */
  summary: readonly string[];
  color: (typeof COLORS)[number];
  /** No network. */
  offline: boolean;
  /** Seconds without a byte after which a server is asked again. */
  fetchTimeout: number;
  /** galley.lock may not change. */
  frozen: boolean;
  /** Every source must be pinned. */
  strict: boolean;
  /** The first failure ends the run; otherwise all that does not depend on it goes on. */
  failFast: boolean;
  /** Say what would be done, and do nothing. */
  dryRun: boolean;
  /** Do not ask. */
  yes: boolean;
  /** Ways of placing an output, in the order in which they are tried; what is not named is not tried. */
  outputStrategy: StrategyName[];
  /** How often a copy is tried again after an error that passes by itself. */
  copyRetries: number;
  /** Seconds that one copy may take. */
  copyTimeout: number;
  /** A copy is read again before it counts. */
  verifyCopy: boolean;
  /** URLs and absolute paths of depots, in the order in which they are asked. */
  depots: readonly string[];
  trustedKeys: readonly PublicKey[];
  /** A URI: what provenance calls whoever builds here. */
  builderId: string;
  /** Absolute path of the private key that signs what is shared. */
  signKey: string | undefined;
  mirrors: readonly Mirror[];
  tokens: readonly TokenRule[];
}
