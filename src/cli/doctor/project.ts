// The project one is in: its manifest, its lock file, and whether shells find its launchers. Nothing of it is made.
import path from 'node:path';
import { hookFiles } from '../../build/roster.ts';
import type { Services } from '../../build/services.ts';
import type { Session } from '../../build/session.ts';
import { withIncluded } from '../../model/manifest.ts';
import type { Settings } from '../../model/settings.ts';
import { openProject } from '../open-project.ts';
import { type Finding, findingsOf, problemsOf } from './finding.ts';

const finding = findingsOf('project');

export async function examineProject(services: Services, settings: Settings): Promise<Finding[]> {
  if (settings.manifest === undefined) return [finding('manifest', 'none here or above')];
  try {
    const session = await openProject(services, settings);
    const { file, galley } = session.manifest;
    const count = withIncluded(session.manifest).reduce((sum, { packages }) => sum + packages.length, 0);
    return [
      finding('manifest', `${file}, ${count} ${count === 1 ? 'package' : 'packages'}`),
      finding('pinned galley', galley ?? 'none'),
      ...(await examineLock(session, services)),
      ...(await examineShell(session, services)),
    ];
  } catch (error) {
    return problemsOf('project', 'manifest', error);
  }
}

async function examineLock(session: Session, { files }: Services): Promise<Finding[]> {
  try {
    const open = (await session.list()).filter(({ key, state }) => key === undefined && state !== 'skipped');
    const problems = (await session.lint()).filter(({ code }) => code !== 'NO_PIN' && code !== 'NO_CHECK');
    const lockFile = path.join(session.manifest.rootDir, 'galley.lock');
    const state = (await files.exists(lockFile)) ? 'is complete' : 'is not there, and nothing needs it';
    return [
      ...problems.map(({ code, message, hint }) =>
        finding('recipes', `${message} (${code})`, hint ?? 'Run galley lint', 'error'),
      ),
      open.length === 0 || problems.length > 0
        ? finding('galley.lock', state)
        : finding(
            'galley.lock',
            `has no pin for ${open.map((pkg) => pkg.package).join(', ')}`,
            'Run galley sync and check it in',
          ),
    ];
  } catch (error) {
    return problemsOf('project', 'galley.lock', error);
  }
}

async function examineShell({ manifest }: Session, { env, files }: Services): Promise<Finding[]> {
  const { binDir, rootDir } = manifest;
  const { record } = hookFiles(rootDir, env);
  const isOnPath = (env.PATH ?? '').split(path.delimiter).includes(binDir);
  const isActive = env._GALLEY_ROOT === rootDir;
  const isKnown = await files.exists(record);
  if (binDir.includes(path.delimiter)) {
    const advice = 'Move the project to another directory, or name one in "bin_dir"';
    return [finding('launchers', `${binDir}: PATH cannot hold a "${path.delimiter}"`, advice)];
  }
  const load = 'Put the line that "galley hook --help" shows into the start-up file of your shell';
  return [
    isOnPath ? finding('launchers', `${binDir}, on PATH`) : finding('launchers', `${binDir}, not on PATH`),
    isActive || isKnown
      ? finding('shell hook', isActive ? 'active' : 'knows this project', isActive || isOnPath ? undefined : load)
      : finding(
          'shell hook',
          'does not know this project',
          'Run galley sync once; it must be able to write below XDG_STATE_HOME',
        ),
  ];
}
