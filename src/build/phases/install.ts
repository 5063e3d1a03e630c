// Phase `install`: decides whether the package left an asset, and ends the life of its entry accordingly.
//
//   verb       complete when                                      else
//   string     it exits 0                                         the package fails
//   function   it marks, or leaves something in install_dir       programmatic
//   declared   the build system installs something                the package fails
//   absent     install_dir is filled; stage_dir is filled (moved)  programmatic
//
// A user-managed package never leaves an asset: after its install the check must be true.
import { Failure } from '../../model/failure.ts';
import { isUserManaged } from '../../model/recipe.ts';
import { pointAt } from '../../recipe/locate.ts';
import { withCall } from '../call.ts';
import { runCheck } from '../checks.ts';
import { leaveEntry } from '../holding.ts';
import { inLane } from '../lane.ts';
import { loadedOf, type Package } from '../package.ts';
import { publish } from '../publish.ts';
import { callVerb } from '../verbs.ts';
import type { Run } from '../world.ts';
import type { PhaseStep } from './climb.ts';

export const installPhase: PhaseStep = {
  concerns: (pkg) => pkg.entry !== undefined,

  async work(pkg: Package, run: Run) {
    await inLane('cpu', pkg, run, () => runVerb(pkg, run));
    if (isUserManaged(loadedOf(pkg).recipe)) {
      await demandPresence(pkg, run);
      await leaveEntry(pkg, run, 'user-managed');
      pkg.outcome = 'installed';
    } else if (await isComplete(pkg, run)) {
      await publish(pkg, run);
      pkg.outcome = 'built';
    } else {
      run.world.emit({ type: 'install.fallback', package: pkg.label, branch: 'programmatic' });
      await leaveEntry(pkg, run, 'unfinished');
      pkg.outcome = 'ran';
    }
    return undefined;
  },
};

async function runVerb(pkg: Package, run: Run): Promise<void> {
  const { install, file } = loadedOf(pkg).recipe;
  const { plan } = pkg;
  if (install) await withCall(pkg, run, 'install', (call) => callVerb(install, 'install', call));
  else if (plan && !isUserManaged(loadedOf(pkg).recipe)) {
    const { installDeclared } = await import('../declarative/build.ts');
    await withCall(pkg, run, 'install', (call) =>
      pointAt({ file, path: ['build'] }, run.world.files, () => installDeclared(plan, call)),
    );
  }
}

async function isComplete(pkg: Package, run: Run): Promise<boolean> {
  const { install } = loadedOf(pkg).recipe;
  const isToolsOwn = install === undefined && pkg.plan !== undefined;
  if (install?.form === 'shell' || isToolsOwn || pkg.marked) return true;
  const { emit, files } = run.world;
  const { installDir, stageDir } = pkg.entry!.dirs;
  if ((await files.list(installDir)).length > 0) {
    emit({ type: 'install.fallback', package: pkg.label, branch: 'install_dir' });
    return true;
  }
  if (install !== undefined || (await files.list(stageDir)).length === 0) return false;
  await files.removeTree(installDir);
  await files.moveTree(stageDir, installDir);
  emit({ type: 'install.fallback', package: pkg.label, branch: 'stage_dir' });
  return true;
}

async function demandPresence(pkg: Package, run: Run): Promise<void> {
  if (await runCheck(pkg, run, 'final')) return;
  const { file } = loadedOf(pkg).recipe;
  const also = { file, path: ['install'], note: 'this ran and ended well' };
  throw new Failure('CHECK_FAILED', `${pkg.label} is still not there after its install`, {
    hint: 'Compare what install does with what check asks; both outputs are in the log',
    package: pkg.label,
    about: { file, path: ['check'], also },
    ...(pkg.logFile === undefined ? {} : { facts: { log: pkg.logFile } }),
  });
}
