// The programs of this machine that recipes and galley call, with their versions, and what does not work without them.
import type { Services } from '../../build/services.ts';
import { askVersion, findProgram } from '../../system/probe.ts';
import { stripControl } from '../../system/terminal.ts';
import { type Finding, findingsOf } from './finding.ts';

const finding = findingsOf('tools');

interface Tool {
  name: string;
  /** How it is asked for its version; not at all when it would not say. */
  ask?: string[];
  /** What does not work without it. */
  lack: string;
  /** Few projects work without it. */
  wanted?: true;
}

const VERSION = ['--version'];

const TOOLS: readonly Tool[] = [
  { name: 'sh', lack: 'launchers of scripts', wanted: true },
  { name: 'bash', ask: VERSION, lack: 'scripts of recipes, unless default_shell is another', wanted: true },
  { name: 'git', ask: VERSION, lack: 'sources by git', wanted: true },
  { name: 'tar', ask: VERSION, lack: 'recipes that call it; archives are unpacked without it' },
  { name: 'xz', ask: VERSION, lack: 'speed: .xz archives are unpacked more slowly' },
  { name: 'bzip2', ask: ['--help'], lack: 'speed: .bz2 archives are unpacked more slowly' },
  { name: 'cc', ask: VERSION, lack: 'recipes that compile C with the compiler of this machine' },
  { name: 'make', ask: VERSION, lack: 'builds by make, unless a package offers it' },
  { name: 'cmake', ask: VERSION, lack: 'builds by cmake, unless a package offers it' },
  { name: 'ninja', ask: VERSION, lack: 'builds by ninja and meson, unless a package offers it' },
  { name: 'cargo', ask: VERSION, lack: 'builds by cargo, unless a package offers it' },
  { name: 'go', ask: ['version'], lack: 'builds by go, unless a package offers it' },
  { name: 'python3', ask: VERSION, lack: 'recipes that call it' },
  { name: 'npm', ask: VERSION, lack: 'builds by npm, and galleyw' },
  { name: 'apt-get', ask: VERSION, lack: 'packages of Debian and Ubuntu' },
  { name: 'brew', ask: VERSION, lack: 'packages of Homebrew' },
  { name: 'sudo', ask: VERSION, lack: 'installing on the host as another user' },
];

/** Some tools are wrappers that start a whole world first. */
const PATIENCE_MS = 3000;

export async function examineTools({ env }: Services): Promise<Finding[]> {
  return await Promise.all(TOOLS.map((tool) => examine(tool, env.PATH)));
}

async function examine({ name, ask, lack, wanted }: Tool, searched: string | undefined): Promise<Finding> {
  const file = await findProgram(name, searched);
  if (file === undefined) {
    const value = `not found: without it no ${lack}`;
    return wanted ? finding(name, value, 'Install it with the package manager of this machine') : finding(name, value);
  }
  const version = ask && (await askVersion(file, ask, PATIENCE_MS));
  return finding(name, version === undefined ? file : `${file} (${stripControl(version).slice(0, 60)})`);
}
