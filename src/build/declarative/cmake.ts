// CMake: configure, build, install with DESTDIR. Knows the defaults that make an install the same on every machine.
import type { CmakeBuild, Scalar } from '../../model/declarative.ts';
import { chosenCompilers, flags, joined, packageConfig, prefixMaps } from './compilers.ts';
import { buildDirOf, type CommandStep, type Driver, destDirOf, type Facts } from './plan.ts';

type Defines = Record<string, Scalar | Scalar[]>;

export const cmake: Driver<CmakeBuild> = {
  directoryField: 'source_dir',
  directory: ({ sourceDir = '.' }) => sourceDir,
  needs: () => [{ names: ['CMakeLists.txt'] }],

  plan(build, facts) {
    const program = facts.toolbox.need('cmake');
    const [cwd, buildDir] = [facts.stageDir, buildDirOf(facts)];
    const { sourceDir = '.', targets = [], components = [] } = build;
    const env = environment(build, facts);
    const command = (...argv: string[]): CommandStep => ({ form: 'command', argv: [program, ...argv], cwd, env });
    const generator = chooseGenerator(build, facts);
    const defines = { ...generator.defines, ...defaults(build, facts), ...mapFlags(build.defines ?? {}, facts) };
    const only = components.length === 0 ? [[]] : components.map((component) => ['--component', component]);
    return {
      build: [
        command(
          ...['-S', sourceDir, '-B', buildDir, '-G', generator.name, '--no-warn-unused-cli'],
          ...Object.entries(defines).map(([name, value]) => `-D${name}=${textOf(value)}`),
          ...(build.configureArgs ?? []),
        ),
        command(
          ...['--build', buildDir, '--parallel', String(facts.jobs)],
          ...targets.flatMap((target) => ['--target', target]),
          ...(build.buildArgs ?? []),
        ),
      ],
      install: [
        ...only.map((component) => {
          const install = command('--install', buildDir, ...component, ...(build.installArgs ?? []));
          return { ...install, env: { ...env, DESTDIR: destDirOf(facts) } };
        }),
        { form: 'unwrap', destDir: destDirOf(facts) },
      ],
    };
  },
};

/** Ninja where there is one, as it is the faster; what is built is the same. */
function chooseGenerator({ generator }: CmakeBuild, { toolbox }: Facts): { name: string; defines: Defines } {
  const name = generator ?? (toolbox.find('ninja') ? 'Ninja' : 'Unix Makefiles');
  const tool = name.startsWith('Ninja') ? 'ninja' : name.endsWith('Makefiles') ? 'make' : undefined;
  return { name, defines: tool ? { CMAKE_MAKE_PROGRAM: toolbox.need(tool) } : {} };
}

function defaults({ buildType = 'Release' }: CmakeBuild, { assetDir, platform }: Facts): Defines {
  return {
    CMAKE_BUILD_TYPE: buildType,
    ...(assetDir === undefined ? {} : { CMAKE_INSTALL_PREFIX: assetDir }),
    // Else it is lib64 or lib/<triple> on some hosts. Without its type CMake may take it for a path from where it runs.
    'CMAKE_INSTALL_LIBDIR:STRING': 'lib',
    // A program finds its own libraries wherever the asset is, and those of other packages that it was linked with.
    CMAKE_INSTALL_RPATH: platform.os === 'darwin' ? '@loader_path/../lib' : '$ORIGIN/../lib',
    CMAKE_INSTALL_RPATH_USE_LINK_PATH: true,
    // The identifier of a build is a hash over its first rpath too.
    CMAKE_BUILD_RPATH_USE_ORIGIN: true,
    // What other builds have left in the person's home is not for this one, nor the other way round.
    CMAKE_FIND_USE_PACKAGE_REGISTRY: false,
    CMAKE_EXPORT_NO_PACKAGE_REGISTRY: true,
  };
}

/** Flags that are given as defines hide those of the environment. */
function mapFlags(defines: Defines, facts: Facts): Defines {
  const names = ['CMAKE_C_FLAGS', 'CMAKE_CXX_FLAGS'].filter((name) => defines[name] !== undefined);
  const mapped = names.map((name) => [name, [textOf(defines[name] as Scalar), ...prefixMaps(facts)].join(' ')]);
  return { ...defines, ...Object.fromEntries(mapped) };
}

function environment({ env = {} }: CmakeBuild, facts: Facts): Record<string, string> {
  const maps = prefixMaps(facts);
  return {
    ...chosenCompilers(facts),
    ...joined({ CMAKE_PREFIX_PATH: facts.libraries.map(({ dir }) => dir) }, facts),
    ...packageConfig(facts),
    ...env,
    ...flags('CFLAGS', maps, facts, env),
    ...flags('CXXFLAGS', maps, facts, env),
    ...flags('ASMFLAGS', maps, facts, env),
  };
}

function textOf(value: Scalar | Scalar[]): string {
  if (Array.isArray(value)) return value.map(textOf).join(';');
  return typeof value === 'boolean' ? (value ? 'ON' : 'OFF') : String(value);
}
