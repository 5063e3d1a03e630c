// The version of galley that a project pins, against the one that runs.
import path from 'node:path';
import { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import { isVersion } from '../model/options.ts';
import { isBelow } from '../system/source.ts';
import type { World } from './world.ts';

/** What `galley init --launcher` writes beside the manifest. */
export const LAUNCHER_NAME = 'galleyw';

/**
 * @param pin what the manifest exports as `galley`, not checked yet
 * @throws Failure TOOL_VERSION, which says how to get the pinned version the way this one was got
 */
export async function demandVersion(pin: Json | undefined, file: string, world: World): Promise<void> {
  if (typeof pin !== 'string' || !isVersion(pin) || pin === world.version) return;
  const rootDir = path.dirname(file);
  const hasLauncher = await world.files.exists(path.join(rootDir, LAUNCHER_NAME));
  throw new Failure('TOOL_VERSION', `${file} wants galley ${pin}, this is ${world.version}`, {
    about: { file, path: ['galley'] },
    hint: hasLauncher ? `Run ./${LAUNCHER_NAME} instead of galley: it gets that version` : wayTo(pin, rootDir, world),
  });
}

function wayTo(pin: string, rootDir: string, { recipesDir }: World): string {
  const home = path.dirname(recipesDir);
  if (isBelow(path.join(rootDir, 'node_modules'), home))
    return `Install it with "npm install --save-dev galley@${pin}"`;
  const once = `Run it with "npx galley@${pin}"`;
  // npx keeps what it runs in a cache of its own.
  if (home.includes(`${path.sep}_npx${path.sep}`)) return once;
  if (home.includes(`${path.sep}node_modules${path.sep}`))
    return `Install it with "npm install --global galley@${pin}"`;
  return `${once}, or let "galley init --launcher" write a ${LAUNCHER_NAME} that gets it for everybody`;
}
