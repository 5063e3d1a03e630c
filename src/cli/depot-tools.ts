// What the commands about depots work with, where there is no project: the services, and what the settings say.
import path from 'node:path';
import type { TakingTools } from '../build/depot/taking.ts';
import type { Services } from '../build/services.ts';
import type { Settings } from '../model/settings.ts';
import { isUrl } from '../recipe/address.ts';

export async function depotTools(services: Services, settings: Settings): Promise<TakingTools> {
  const { clock, emit, files, platform, signal } = services;
  const [cache, fetcher] = await Promise.all([services.cache(settings), services.fetcher(settings)]);
  return { cache, clock, emit, fetcher, files, platform, signal };
}

/** A depot as people name it: a URL, or a path from where they are. */
export function depotAddress(text: string, { cwd }: Pick<Services, 'cwd'>): string {
  return isUrl(text) ? text : path.resolve(cwd, text);
}
