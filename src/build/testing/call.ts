// A real call of a verb in a real run, with a cache, a project and a home of its own, for tests of what ctx functions do
// with whatever they are given. Nothing is faked but the verb itself.
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defaultSettings } from '../../cli/read-settings.ts';
import { createServices } from '../../services.ts';
import { createFiles } from '../../system/files.ts';
import { type Call, type CallPhase, withCall } from '../call.ts';
import { loadAll } from '../engine.ts';
import { ASSETS_ONLY, openProject, openRun } from '../project.ts';

export interface Workbench extends AsyncDisposable {
  rootDir: string;
  /** What no call may reach: a home with a secret, a neighbour of the stage whose name begins like it. */
  outside: { homeDir: string; siblingDir: string; projectDir: string };
  call: Call;
  /** Puts back what calls have moved or removed. */
  furnish(): void;
}

/** What must not come back from any call. */
export const SECRET = 'what nobody may read';

const RECIPE = `export const identity = 'test.tool@r1'; export const build = 'true';`;
const MANIFEST = `export const recipe_roots = ['recipes']; export const packages = ['test.tool@r1'];`;

/** All directories that a phase may have, with a file, a directory and links in and out in the first of them. */
export async function openWorkbench(phase: CallPhase): Promise<Workbench> {
  const rootDir = mkdtempSync(path.join(realpathSync(tmpdir()), 'galley-call-'));
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(rootDir, file)), { recursive: true });
    writeFileSync(path.join(rootDir, file), text);
  };
  write('home/secret', SECRET);
  write('project/galley.js', MANIFEST);
  write('project/recipes/test.tool@r1.js', RECIPE);
  const [homeDir, projectDir, cacheRoot] = ['home', 'project', 'cache'].map((name) => path.join(rootDir, name)) as [
    string,
    string,
    string,
  ];
  const services = createServices({
    env: { HOME: homeDir, PATH: process.env.PATH },
    cwd: projectDir,
    stdin: async function* () {},
    invocation: { argv: [], cwd: projectDir, isBrief: false, startedAt: Date.now() },
    files: createFiles(),
    emit: () => {},
    isLagging: () => false,
    signal: new AbortController().signal,
  });
  const settings = { ...defaultSettings({ env: {} }), cacheRoot, offline: true };
  const run = await openRun(await openProject(services, settings), ASSETS_ONLY);
  await loadAll(run);
  const opened = Promise.withResolvers<Call>();
  const over = Promise.withResolvers<void>();
  const ended = withCall(run.graph.pick('tool'), run, 'resolve', async (given) => {
    opened.resolve(inStage({ ...given, phase }));
    await over.promise;
  });
  const call = await opened.promise;
  furnish(call.dirs, homeDir);
  const siblingDir = `${call.dirs.stageDir}-sibling`;
  mkdirSync(siblingDir);
  writeFileSync(`${siblingDir}/secret`, SECRET);
  return {
    rootDir,
    outside: { homeDir, siblingDir, projectDir },
    call,
    furnish: () => furnish(call.dirs, homeDir),
    async [Symbol.asyncDispose]() {
      over.resolve();
      await ended;
      await services.close();
      rmSync(rootDir, { recursive: true, force: true });
    },
  };
}

function inStage(call: Call): Call {
  const base = path.dirname(call.dirs.tmpDir);
  const dirs = { ...call.dirs, stageDir: path.join(base, 'stage'), installDir: path.join(base, 'install') };
  return { ...call, dirs, cwd: dirs.stageDir };
}

function furnish({ stageDir = '', installDir = '', tmpDir }: Call['dirs'], homeDir: string): void {
  for (const dir of [stageDir, installDir, tmpDir]) {
    if (readdirSync(path.dirname(dir)).includes(path.basename(dir)) && readdirSync(dir).length < 20) continue;
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir);
  }
  rmSync(path.join(stageDir, 'dir'), { recursive: true, force: true });
  mkdirSync(path.join(stageDir, 'dir/sub'), { recursive: true });
  for (const [name, target] of Object.entries({ 'link-out': homeDir, 'link-in': 'dir', loop: 'loop' })) {
    rmSync(path.join(stageDir, name), { recursive: true, force: true });
    symlinkSync(target, path.join(stageDir, name));
  }
  for (const dir of [stageDir, tmpDir]) {
    rmSync(path.join(dir, 'own'), { recursive: true, force: true });
    writeFileSync(path.join(dir, 'own'), 'own');
  }
}
