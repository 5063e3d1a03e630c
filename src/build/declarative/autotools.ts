// configure, make, make install: the customs of GNU, which many a hand-written configure follows too. Built where the
// sources are, as not every one of those can be built elsewhere.
import path from 'node:path';
import type { AutotoolsBuild } from '../../model/declarative.ts';
import { chosenCompilers, searchPaths } from './compilers.ts';
import { makeFlags } from './make.ts';
import { type CommandStep, type Driver, destDirOf } from './plan.ts';

export const autotools: Driver<AutotoolsBuild> = {
  directoryField: 'source_dir',
  directory: ({ sourceDir = '.' }) => sourceDir,
  needs: ({ autoreconf = false }) =>
    autoreconf
      ? [{ names: ['configure.ac', 'configure.in'] }]
      : [{ names: ['configure'], hint: 'Set autoreconf: true to make it from configure.ac' }],

  plan(build, facts) {
    const { sourceDir = '.', autoreconf = false, configureArgs = [], makeArgs = [] } = build;
    const { targets = [], installTargets = ['install'], env: own } = build;
    const { assetDir, jobs, stageDir, toolbox } = facts;
    const cwd = path.join(stageDir, sourceDir);
    const env = { ...chosenCompilers(facts), ...searchPaths(facts), ...own, ...makeFlags(facts, own) };
    const command = (...argv: string[]): CommandStep => ({ form: 'command', argv, cwd, env });
    const make = [toolbox.need('make'), `-j${jobs}`];
    const prefix = assetDir === undefined ? [] : [`--prefix=${assetDir}`];
    const destDir = destDirOf(facts);
    return {
      build: [
        ...(autoreconf ? [command(toolbox.need('autoreconf'), '--install', '--force')] : []),
        command('./configure', ...prefix, ...configureArgs),
        command(...make, ...targets, ...makeArgs),
      ],
      install: [command(...make, ...installTargets, `DESTDIR=${destDir}`, ...makeArgs), { form: 'unwrap', destDir }],
    };
  },
};
