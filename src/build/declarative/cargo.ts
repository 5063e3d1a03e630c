// Cargo: builds, and the programs it built are the install. Its home is in tmp_dir, so that no build sees what another
// downloaded; the person's own settings are linked into it, as registries and their credentials are there.
import path from 'node:path';
import type { CargoBuild } from '../../model/declarative.ts';
import { chosenCompilers, flags, prefixMaps, searchPaths, virtualDir } from './compilers.ts';
import { personVariables } from './person.ts';
import type { Driver, Facts, Step } from './plan.ts';

/** Where crates come from, and which of rustup's toolchains is this machine's. */
const SETTINGS = /^(CARGO_(REGISTRIES|REGISTRY|SOURCE|HTTP|NET)_|RUSTUP_(HOME|TOOLCHAIN)$)/;

/** The directory of a profile, where it is not the profile's name. */
const PROFILE_DIRS: Record<string, string> = { dev: 'debug', test: 'debug', bench: 'release' };

export const cargo: Driver<CargoBuild> = {
  directoryField: 'directory',
  directory: ({ directory = '.' }) => directory,
  needs: () => [{ names: ['Cargo.toml'] }],

  plan(build, facts) {
    const { directory = '.', profile = 'release', target } = build;
    const targetDir = `${facts.tmpDir}/target`;
    const argv = [facts.toolbox.need('cargo'), 'build', '--target-dir', targetDir, '--jobs', String(facts.jobs)];
    const command: Step = {
      form: 'command',
      argv: [
        ...argv,
        '--profile',
        profile,
        ...selection(build),
        ...(facts.offline ? ['--offline'] : []),
        ...(build.args ?? []),
      ],
      cwd: path.join(facts.stageDir, directory),
      env: environment(build, facts),
    };
    const fromDir = path.join(targetDir, target ?? '', PROFILE_DIRS[profile] ?? profile);
    return { build: [...settingsOf(facts), command], install: [{ form: 'programs', fromDir }] };
  },
};

function selection({ packages = [], bins = [], features = [], locked = true, target, ...build }: CargoBuild): string[] {
  return [
    ...(locked ? ['--locked'] : []),
    ...packages.flatMap((name) => ['--package', name]),
    ...bins.flatMap((name) => ['--bin', name]),
    ...(features.length > 0 ? ['--features', features.join(',')] : []),
    ...(build.noDefaultFeatures ? ['--no-default-features'] : []),
    ...(build.allFeatures ? ['--all-features'] : []),
    ...(target === undefined ? [] : ['--target', target]),
  ];
}

const homeOf = ({ tmpDir }: Facts): string => `${tmpDir}/cargo`;

function settingsOf(facts: Facts): Step[] {
  const { CARGO_HOME, HOME } = facts.person;
  const home = CARGO_HOME ?? (HOME && `${HOME}/.cargo`);
  if (home === undefined || home === '') return [];
  return ['config.toml', 'config', 'credentials.toml'].map((name) => ({
    form: 'link',
    target: path.join(home, name),
    path: path.join(homeOf(facts), name),
  }));
}

function environment({ env = {} }: CargoBuild, facts: Facts): Record<string, string> {
  const { toolbox } = facts;
  const rustc = toolbox.product('rustc');
  const { RUSTFLAGS: ownFlags = facts.env.RUSTFLAGS ?? '', ...own } = env;
  const maps = prefixMaps(facts);
  return {
    ...personVariables(SETTINGS, facts),
    ...chosenCompilers(facts),
    ...searchPaths(facts),
    ...(rustc === undefined ? {} : { RUSTC: rustc }),
    ...own,
    ...flags('CFLAGS', maps, facts, env),
    ...flags('CXXFLAGS', maps, facts, env),
    CARGO_HOME: homeOf(facts),
    CARGO_INCREMENTAL: '0',
    // Words of this variable may hold spaces, as paths may; RUSTFLAGS cannot say so.
    CARGO_ENCODED_RUSTFLAGS: [...ownFlags.split(/\s+/).filter(Boolean), ...rustFlags(facts)].join('\x1f'),
  };
}

function rustFlags({ identity, stageDir, tmpDir, toolbox }: Facts): string[] {
  const linker = toolbox.product('cc');
  const at = virtualDir(identity);
  return [
    `--remap-path-prefix=${stageDir}=${at}`,
    `--remap-path-prefix=${tmpDir}=${at}/tmp`,
    ...(linker === undefined ? [] : [`-Clinker=${linker}`]),
  ];
}
