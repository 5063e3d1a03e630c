// A package as the ladder sees it: an opaque climber whose steps are the phases. Tells the stream of events when a
// phase starts, ends and fails; a phase in which a package has nothing to do is silent.
import type { Climber } from '../../ladder/ladder.ts';
import { CODES } from '../../model/codes.ts';
import { isFailure } from '../../model/failure.ts';
import type { Phase } from '../../model/phase.ts';
import { locateError } from '../../recipe/locate.ts';
import { finish, finishEarly, tellFailure } from '../finish.ts';
import { notePhase } from '../holding.ts';
import type { Package } from '../package.ts';
import type { Run } from '../world.ts';
import { buildPhase } from './build.ts';
import { checkPhase } from './check.ts';
import { deployPhase } from './deploy.ts';
import { exportPhase } from './export.ts';
import { fetchPhase } from './fetch.ts';
import { importPhase } from './import.ts';
import { installPhase } from './install.ts';
import { recipePhase } from './recipe.ts';
import { resolvePhase } from './resolve.ts';
import { setupPhase } from './setup.ts';
import { stagePhase } from './stage.ts';

export interface PhaseStep {
  /** Whether the package has anything to do here. */
  concerns(pkg: Package, run: Run): boolean;
  work(pkg: Package, run: Run): Promise<'settled' | undefined>;
}

/** `done` is only a name for the top. */
const STEPS: Partial<Record<Phase, PhaseStep>> = {
  recipe: recipePhase,
  resolve: resolvePhase,
  check: checkPhase,
  import: importPhase,
  fetch: fetchPhase,
  stage: stagePhase,
  build: buildPhase,
  install: installPhase,
  setup: setupPhase,
  deploy: deployPhase,
  export: exportPhase,
};

/** Where to look for what decides a phase, when the failure itself does not know better. */
const EXPORTS: Partial<Record<Phase, readonly string[]>> = {
  check: ['check'],
  fetch: ['fetch'],
  stage: ['stage', 'fetch'],
  build: ['build'],
  install: ['install', 'build', 'stage', 'fetch'],
  setup: ['setup'],
  deploy: ['deploy'],
};

/** What the author can mend is shown in the recipe; a full disk or a cancelled run has no place there. */
function placed(error: unknown, pkg: Package, phase: Phase): unknown {
  const isAuthors = isFailure(error) && CODES[error.code].blame === 'build' && error.code !== 'DEPENDENCY_FAILED';
  if (!isAuthors || error.location || error.about || !pkg.loaded) return error;
  const { recipe } = pkg.loaded;
  const name = EXPORTS[phase]?.find((one) => one in recipe && recipe[one as keyof typeof recipe] !== undefined);
  return name === undefined ? error : error.at({ about: { file: recipe.file, path: [name] } });
}

export function climbs(pkg: Package, run: Run): Climber<Phase> {
  return { key: pkg.id, step: (phase) => step(pkg, phase, run) };
}

async function step(pkg: Package, phase: Phase, run: Run): Promise<'settled' | undefined> {
  if (pkg.skipped) return 'settled';
  // Whoever comes this far was demanded by somebody, and is seen to its end, whatever that end is.
  if (phase === 'check') finish(pkg, run);
  const work = STEPS[phase];
  if (!work?.concerns(pkg, run)) return undefined;
  const { clock, emit } = run.world;
  const startedMs = clock.monotonicMs();
  const durationMs = (): number => Math.round(clock.monotonicMs() - startedMs);
  pkg.startedMs ??= startedMs;
  emit({ type: 'phase.started', package: pkg.label, phase });
  try {
    const outcome = await work.work(pkg, run);
    emit({ type: 'phase.finished', package: pkg.label, phase, durationMs: durationMs() });
    return outcome;
  } catch (caught) {
    const error = await locateError(placed(caught, pkg, phase), run.world.files);
    await notePhase(pkg, run, phase);
    await tellFailure(pkg, run, { phase, durationMs: durationMs(), error });
    if (phase === 'recipe' || phase === 'resolve') finishEarly(pkg, run, error);
    throw error;
  }
}
