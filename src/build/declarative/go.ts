// Go: the packages are built into a directory of programs, which are the install. Modules come through the person's
// proxies into tmp_dir, checked against go.sum.
import path from 'node:path';
import type { GoBuild } from '../../model/declarative.ts';
import { chosenCompilers, flags, prefixMaps, searchPaths } from './compilers.ts';
import { personVariables } from './person.ts';
import type { Driver, Facts } from './plan.ts';

/** Where modules come from, and which of them are no business of the public. */
const SETTINGS = /^GO(PROXY|PRIVATE|NOPROXY|NOSUMDB|SUMDB|INSECURE|AUTH|VCS|ENV)$/;

export const go: Driver<GoBuild> = {
  directoryField: 'directory',
  directory: ({ directory = '.' }) => directory,
  needs: () => [{ names: ['go.mod', 'go.work'] }],

  plan(build, facts) {
    const { directory = '.', packages = ['.'], tags = [], ldflags = [], args = [] } = build;
    const programsDir = `${facts.tmpDir}/go-bin`;
    const argv = [
      ...[facts.toolbox.need('go'), 'build', '-trimpath', '-p', String(facts.jobs), '-o', `${programsDir}/`],
      ...(tags.length > 0 ? ['-tags', tags.join(',')] : []),
      ...(ldflags.length > 0 ? ['-ldflags', ldflags.join(' ')] : []),
      ...args,
      ...packages,
    ];
    return {
      build: [{ form: 'command', argv, cwd: path.join(facts.stageDir, directory), env: environment(build, facts) }],
      install: [{ form: 'programs', fromDir: programsDir }],
    };
  },
};

function environment({ cgo = false, env = {} }: GoBuild, facts: Facts): Record<string, string> {
  return {
    ...personVariables(SETTINGS, facts),
    // The version that the recipe chose, not the one that go.mod would rather download.
    GOTOOLCHAIN: 'local',
    // The cache may lie in somebody's own workspace, as it does on many a CI machine.
    GOWORK: facts.goWork ?? 'off',
    ...(facts.offline ? { GOPROXY: 'off' } : {}),
    ...(cgo ? { ...chosenCompilers(facts), ...searchPaths(facts) } : {}),
    ...env,
    ...(cgo ? compilerFlags(env, facts) : {}),
    CGO_ENABLED: cgo ? '1' : '0',
    GOPATH: `${facts.tmpDir}/gopath`,
    // Modules are read-only else, and whoever tidies up must not need to know. The stage is no checkout.
    ...flags('GOFLAGS', ['-modcacherw', '-buildvcs=false'], facts, env),
  };
}

/** These variables have defaults, which flags of ours must not hide. */
function compilerFlags(own: Readonly<Record<string, string>>, facts: Facts): Record<string, string> {
  const withDefault = { CGO_CFLAGS: '-g -O2', CGO_CXXFLAGS: '-g -O2', ...facts.env, ...own };
  const maps = prefixMaps(facts);
  return { ...flags('CGO_CFLAGS', maps, facts, withDefault), ...flags('CGO_CXXFLAGS', maps, facts, withDefault) };
}
