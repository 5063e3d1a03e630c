// A makefile of somebody's own: its targets, its variables. By the customs of makefiles PREFIX is where things will be and
// DESTDIR what is put before that; where a makefile has other names, the recipe says them.
import path from 'node:path';
import type { MakeBuild, Scalar } from '../../model/declarative.ts';
import { chosenCompilers, flags, prefixMaps, runtimePaths, searchPaths } from './compilers.ts';
import { type CommandStep, type Driver, destDirOf, type Facts } from './plan.ts';

type Variables = Record<string, Scalar>;

export const make: Driver<MakeBuild> = {
  directoryField: 'directory',
  directory: ({ directory = '.' }) => directory,
  needs: ({ makefile }) => [{ names: makefile === undefined ? ['GNUmakefile', 'makefile', 'Makefile'] : [makefile] }],

  plan(build, facts) {
    const { directory = '.', makefile, targets = [], installTargets = ['install'], args = [] } = build;
    const program = facts.toolbox.need('make');
    const file = makefile === undefined ? [] : ['-f', makefile];
    const env = { ...searchPaths(facts), ...build.env, ...makeFlags(facts, build.env) };
    const { assetDir } = facts;
    // On the command line they would win over what the recipe says itself.
    const compilers = Object.entries(chosenCompilers(facts)).filter(([name]) => build.env?.[name] === undefined);
    const variables: Variables = {
      ...(assetDir === undefined ? {} : { PREFIX: assetDir, prefix: assetDir }),
      ...Object.fromEntries(compilers),
      ...build.variables,
    };
    const command = (words: string[], given: Variables): CommandStep => {
      const argv = [program, ...file, `-j${facts.jobs}`, ...words, ...assignments(given), ...args];
      return { form: 'command', argv, cwd: path.join(facts.stageDir, directory), env };
    };
    const destDir = destDirOf(facts);
    return {
      build: [command(targets, variables)],
      install: [
        command(installTargets, { ...variables, DESTDIR: destDir, ...build.installVariables }),
        { form: 'unwrap', destDir },
      ],
    };
  },
};

/**
 * In the environment, where a makefile may overrule them: on the command line they would overrule what it needs. CPPFLAGS
 * and not CFLAGS, which has a default in most.
 */
export function makeFlags(facts: Facts, own: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    ...flags('CPPFLAGS', prefixMaps(facts), facts, own),
    ...flags('LDFLAGS', runtimePaths(facts), facts, own),
  };
}

function assignments(variables: Variables): string[] {
  return Object.entries(variables).map(([name, value]) => `${name}=${value}`);
}
