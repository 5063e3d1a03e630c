// Galley itself, and what it stands on: its node, its sandbox, the machine, the settings with the places that decided.
import path from 'node:path';
import type { Services } from '../../build/services.ts';
import { formatPlatform } from '../../model/platform.ts';
import { nodeVersion, osVersion, tmpDir } from '../../system/host.ts';
import { tryDirectory } from '../../system/probe.ts';
import type { Options } from '../answer.ts';
import { fieldOf, SETTING_NAMES, type SettingName } from '../setting-table.ts';
import { type Finding, findingsOf, problemsOf } from './finding.ts';

const program = findingsOf('program');
const setting = findingsOf('settings');

export async function examineProgram(services: Services): Promise<Finding[]> {
  const { version, platform, runtimeDir, files } = services;
  return [
    program('galley', `${version} in ${path.dirname(runtimeDir)}`),
    program('node', nodeVersion()),
    program('platform', `${formatPlatform(platform)} ${osVersion()}`),
    ...(await examineSandbox(services)),
    await examineTmp(tmpDir()),
    ...((await files.findText('/sys/fs/selinux/enforce').catch(() => undefined))?.trim() === '1'
      ? [program('SELinux', 'enforcing', 'When a command is refused for no visible reason, look into the audit log')]
      : []),
  ];
}

/** Evaluates a module that we know. */
async function examineSandbox({ sandbox, runtimeDir }: Services): Promise<Finding[]> {
  const rootDir = path.join(runtimeDir, 'templates');
  try {
    await (await sandbox()).describe({ entryFile: path.join(rootDir, 'galley.js'), rootDir });
    return [program('sandbox', 'evaluates modules')];
  } catch (error) {
    return problemsOf('program', 'sandbox', error);
  }
}

async function examineTmp(dir: string): Promise<Finding> {
  const { refused, runs } = await tryDirectory(dir);
  if (refused) return program('temporary files', `${dir}: ${refused}`, 'Set TMPDIR to a directory that can be written');
  // Galley runs nothing from there, but the tools that people install do.
  return runs
    ? program('temporary files', dir)
    : program(
        'temporary files',
        `${dir}: nothing in it can be run`,
        'Some installers fail there: set TMPDIR to another directory',
      );
}

export function examineSettings({ settings, origins }: Options): Finding[] {
  return SETTING_NAMES.map((name) => setting(fieldOf(name), `${tell(settings[name])} (${origins[name]})`));
}

function tell(value: Options['settings'][SettingName]): string {
  if (value === undefined) return 'unset';
  return Array.isArray(value) && value.length === 0 ? 'none' : `${value}`;
}
