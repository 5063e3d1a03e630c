// Plans from made-up facts, and the lines in which tests compare them.
import type { DeclarativeBuild } from '../../../model/declarative.ts';
import { driverOf } from '../drivers.ts';
import type { CommandStep, Facts, Library, Plan } from '../plan.ts';
import { createToolbox, TOOLS, type Tool } from '../toolbox.ts';

export const HOST = Object.fromEntries(TOOLS.map((tool) => [tool, `/usr/bin/${tool}`]));
export const ZLIB: Library = { dir: '/c/zlib', has: ['include', 'lib', 'lib/pkgconfig'], isRuntime: false };
export const PNG: Library = { dir: '/c/png', has: ['include', 'lib', 'share/pkgconfig'], isRuntime: true };

export interface Given extends Partial<Omit<Facts, 'toolbox'>> {
  products?: Partial<Record<Tool, string>>;
  host?: Partial<Record<Tool, string>>;
}

export function factsOf({ products = {}, host = HOST, ...given }: Given): Facts {
  return {
    identity: 'test.tool@r1',
    stageDir: '/e/work/stage',
    installDir: '/e/install',
    tmpDir: '/e/work/tmp',
    assetDir: '/e/asset',
    jobs: 3,
    platform: { os: 'linux', arch: 'x86_64' },
    offline: false,
    libraries: [],
    env: { PATH: '/usr/bin' },
    person: {},
    toolbox: createToolbox({ products, host, label: 'test.tool@r1' }),
    ...given,
  };
}

export const planOf = (build: DeclarativeBuild, given: Given = {}): Plan => driverOf(build).plan(build, factsOf(given));

/** The steps as lines: commands by their words, with what a reader of a test knows already left out. */
export function linesOf({ build, install }: Plan): string[] {
  return [...build, ...install].map((step) => {
    if (step.form !== 'command') return `${step.form} ${Object.values(step).slice(1).join(' ')}`;
    return `${step.cwd}: ${step.argv.join(' ')}`;
  });
}

export const envOf = ({ build }: Plan): Record<string, string> =>
  (build.find(({ form }) => form === 'command') as CommandStep).env;

export const MAPS =
  '-ffile-prefix-map=/e/work/stage=/galley/test.tool@r1 -ffile-prefix-map=/e/work/tmp=/galley/test.tool@r1/tmp';
