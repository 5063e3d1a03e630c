// `galley update`: what galley.lock says of the asked packages is found out anew, on every platform that it knows.
import { formatPlatform } from '../../model/platform.ts';
import type { Settings } from '../../model/settings.ts';
import type { Project } from '../project.ts';
import type { Services } from '../services.ts';
import { readLockFile } from './file.ts';
import { type LockAnswer, lockProject } from './lock.ts';
import { recordsOf } from './moving.ts';

export interface UpdateRequest {
  queries: readonly string[];
  isDry: boolean;
}

export async function updateProject(
  services: Services,
  settings: Settings,
  project: Project,
  { queries, isDry }: UpdateRequest,
): Promise<LockAnswer> {
  const lock = await readLockFile(project.lockFile, project.world.files);
  const moves = recordsOf(queries, lock);
  const known = [...lock.values()].filter(moves).map(({ platform }) => platform);
  const platforms = [...new Set([formatPlatform(project.world.platform), ...known])].join(',');
  return await lockProject(services, settings, project, { platforms, isCheck: false, isDry, moves });
}
