// Meson: setup, compile, install with DESTDIR.
import type { MesonBuild, Scalar } from '../../model/declarative.ts';
import { chosenCompilers, flags, prefixMaps, runtimePaths, searchPaths } from './compilers.ts';
import { buildDirOf, type CommandStep, type Driver, destDirOf, type Facts } from './plan.ts';

type Options = Record<string, Scalar | Scalar[]>;

export const meson: Driver<MesonBuild> = {
  directoryField: 'source_dir',
  directory: ({ sourceDir = '.' }) => sourceDir,
  needs: () => [{ names: ['meson.build'] }],

  plan(build, facts) {
    const { sourceDir = '.', buildtype = 'release', setupArgs = [], compileArgs = [], installArgs = [] } = build;
    const { assetDir, jobs, stageDir, toolbox } = facts;
    const program = toolbox.need('meson');
    const env = environment(build, facts);
    const command = (...argv: string[]): CommandStep => ({
      form: 'command',
      argv: [program, ...argv],
      cwd: stageDir,
      env,
    });
    const [buildDir, destDir] = [buildDirOf(facts), destDirOf(facts)];
    const options: Options = {
      ...(assetDir === undefined ? {} : { prefix: assetDir }),
      // Else it is lib64 or lib/<triple> on some hosts.
      libdir: 'lib',
      buildtype,
      // What is not in the stage is no part of the key.
      wrap_mode: 'nodownload',
      ...mapArgs(build.options ?? {}, facts),
    };
    return {
      build: [
        command(
          'setup',
          ...Object.entries(options).map(([name, value]) => `-D${name}=${textOf(value)}`),
          ...setupArgs,
          buildDir,
          sourceDir,
        ),
        command('compile', '-C', buildDir, '-j', String(jobs), ...compileArgs),
      ],
      install: [
        command('install', '-C', buildDir, '--no-rebuild', '--destdir', destDir, ...installArgs),
        { form: 'unwrap', destDir },
      ],
    };
  },
};

/** Arguments of compilers that are given as options hide the flags of the environment. */
function mapArgs(options: Options, facts: Facts): Options {
  const names = ['c_args', 'cpp_args'].filter((name) => options[name] !== undefined);
  const mapped = names.map((name) => [name, [options[name], prefixMaps(facts)].flat() as Scalar[]]);
  return { ...options, ...Object.fromEntries(mapped) };
}

function environment({ env = {} }: MesonBuild, facts: Facts): Record<string, string> {
  const maps = prefixMaps(facts);
  return {
    ...chosenCompilers(facts),
    NINJA: facts.toolbox.need('ninja'),
    ...searchPaths(facts),
    ...env,
    ...flags('CFLAGS', maps, facts, env),
    ...flags('CXXFLAGS', maps, facts, env),
    ...flags('LDFLAGS', runtimePaths(facts), facts, env),
  };
}

/** A list is `a,b`. */
function textOf(value: Scalar | Scalar[]): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}
