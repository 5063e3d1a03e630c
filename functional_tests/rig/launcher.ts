// A checkout with `galleyw` and an installed galley whose node only says that it was asked: so each call of the launcher
// tells whether a shell alone has answered.
import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import packageFile from '../../package.json' with { type: 'json' };
import { cleanEnvironment, PROGRAM, type RunOptions } from './galley.ts';
import type { Project } from './project.ts';

const HOME = path.resolve(PROGRAM, '../..');
const ASKED = 'node was asked';

/** The line of a manifest without which the launcher does nothing. */
export const PIN_LINE = `export const galley = '${packageFile.version}';`;

export async function installLauncher(project: Project): Promise<void> {
  await cp(path.join(HOME, 'runtime/launchers/galleyw'), project.at('galleyw'));
  await chmod(project.at('galleyw'), 0o755);
  await mkdir(project.at('node_modules/.bin'), { recursive: true });
  await symlink(HOME, project.at('node_modules/galley'));
  await writeFile(project.at('node_modules/.bin/node'), `#!/bin/sh\necho '${ASKED}'\n`, { mode: 0o755 });
}

/** What a shell has answered; undefined when it has left that to node. */
export function answerOfShell(
  project: Project,
  args: string | readonly string[] = 'sync',
  { env, cwd = '.', shell = [] }: RunOptions & { shell?: readonly string[] } = {},
): string | undefined {
  const words = typeof args === 'string' ? args.split(' ') : args;
  const [file = '', ...rest] = [...shell, project.at('galleyw'), ...words];
  const { status, stdout, stderr, error } = spawnSync(file, rest, {
    cwd: project.at(cwd),
    env: { ...cleanEnvironment(project), ...env },
    encoding: 'utf8',
  });
  if (status !== 0) throw error ?? new Error(`galleyw exited with ${status}: ${stderr}`);
  if (stdout === `${ASKED}\n`) return undefined;
  return stderr + stdout;
}
