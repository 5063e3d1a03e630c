// What the whole program is built from, as the commands and the session see it; the composition root makes it. Heavy
// parts are made when they are first asked for.
import type { Settings } from '../model/settings.ts';
import type { Couriers } from '../system/courier/courier.ts';
import type { Invocation } from './saved.ts';
import type { World } from './world.ts';

export interface Services
  extends Pick<
    World,
    'version' | 'platform' | 'env' | 'recipesDir' | 'files' | 'clock' | 'emit' | 'isLagging' | 'signal'
  > {
  /** Working directory of the person. */
  cwd: string;
  /** What is piped into galley. */
  stdin(): AsyncIterable<Uint8Array>;
  /** Text for somebody else's interpreter: preludes, type stubs, templates. */
  runtimeDir: string;
  /** Opens the cache that the settings name. */
  cache(settings: Settings): Promise<World['cache']>;
  fetcher(settings: Settings): Promise<World['fetcher']>;
  sandbox(): Promise<World['sandbox']>;
  unpackers(): Promise<World['unpackers']>;
  /** Processes that carry outputs to their places. */
  couriers(): Promise<Couriers>;
  /** A number from 0 up to 1. */
  random(): number;
  /**
   * How galley was called, and whether one line answers that when there is nothing to do; and when, in epoch milliseconds:
   * nothing was read before.
   */
  invocation: Invocation & { isBrief: boolean; startedAt: number };
  /** Absolute paths of the settings files that count for a manifest, there or not. */
  settingsFiles(manifest: string): string[];
  /** The same, but for what it says of the machine: recipes see that platform, and registries are asked for its files. */
  forPlatform(platform: World['platform']): Services;
  close(): Promise<void>;
}
