// npm: dependencies as the lock file has them, the package's scripts, and then what npm itself would publish and install
// for everybody: the package in lib/node_modules with its production dependencies, and links to its programs in bin.
import path from 'node:path';
import type { NpmBuild } from '../../model/declarative.ts';
import { chosenCompilers, searchPaths } from './compilers.ts';
import { personVariables } from './person.ts';
import type { CommandStep, Driver, Facts, Landmark } from './plan.ts';

/** Registries and the way to them, in either case as npm reads them. Whoever is started by npm itself has many more. */
const SETTINGS =
  /^npm_config_(registry|userconfig|globalconfig|ca|cafile|strict_ssl|proxy|https_proxy|noproxy|[@/].*)$/i;

const LOCK_FILES: Landmark = {
  names: ['package-lock.json', 'npm-shrinkwrap.json'],
  hint: 'Add one to the sources, or set locked: false to take whatever versions the registry has today',
};

/** A copy, as a stranger would get it; scripts have run, and all that it needs is packed. */
const INSTALL = ['install', '--global', '--install-links', '--offline', '--ignore-scripts'];

export const npm: Driver<NpmBuild> = {
  directoryField: 'directory',
  directory: ({ directory = '.' }) => directory,
  needs: ({ locked = true }) => [{ names: ['package.json'] }, ...(locked ? [LOCK_FILES] : [])],

  plan(build, facts) {
    const { directory = '.', scripts, locked = true, installArgs = [] } = build;
    const cwd = path.join(facts.stageDir, directory);
    const program = programOf(facts);
    const env = {
      ...personVariables(SETTINGS, facts),
      ...chosenCompilers(facts),
      ...searchPaths(facts),
      ...(facts.offline ? { npm_config_offline: 'true' } : {}),
      npm_config_update_notifier: 'false',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      ...build.env,
    };
    const command = (...words: string[]): CommandStep => ({ form: 'command', argv: [...program, ...words], cwd, env });
    return {
      build: [
        command(...(locked ? ['ci'] : ['install', '--no-package-lock']), ...kinds(build), ...installArgs),
        ...(scripts?.map((name) => command('run', name)) ?? [command('run', 'build', '--if-present')]),
      ],
      install: [
        command('prune', '--omit=dev'),
        // What is packed then has its dependencies in it, in the versions of the lock file.
        command('pkg', 'set', '--json', 'bundleDependencies=true'),
        command(...INSTALL, '--prefix', facts.installDir, '.'),
      ],
    };
  },
};

/** Scripts need what they were written with, also where the person's own npm leaves it out; but the recipe may. */
function kinds({ installArgs = [] }: NpmBuild): string[] {
  return installArgs.some((arg) => arg.startsWith('--omit')) ? [] : ['--include=dev'];
}

/** npm is a script, which finds node on PATH; a file that says so by its name is started by the node of the same recipe. */
function programOf({ toolbox }: Facts): string[] {
  const program = toolbox.need('npm');
  const node = toolbox.find('node');
  return /\.[cm]?js$/.test(program) && node !== undefined ? [node, program] : [program];
}
