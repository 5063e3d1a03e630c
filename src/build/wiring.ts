// How packages come to depend on one another: requests grow the graph, links tell the ladder who waits for whom, and
// rounds settle what could only be chosen once every recipe is loaded.
//
//   strong               → requested and linked at once
//   weak, reference,     → the package is held below `resolve`; in a round, a dependency takes its one match,
//   product                else its fallback, else the package fails with all that could not be matched
import type { Dependency, PackageRequest } from '../model/dependency.ts';
import type { Diagnostic, ValuePath } from '../model/diagnostic.ts';
import { isFailure } from '../model/failure.ts';
import type { Declaration } from '../model/package-graph.ts';
import { isKeyed, type Phase } from '../model/phase.ts';
import { findEndless } from './endless.ts';
import { fallbackOf, lockChoice, lockedChoice, tellKept } from './lock/choices.ts';
import {
  createPackage,
  follow,
  type Loaded,
  labelOf,
  loadedOf,
  type Origin,
  type Package,
  selectSetup,
  type Wire,
} from './package.ts';
import { climbs } from './phases/climb.ts';
import { connectShellTo } from './shell.ts';
import type { Run, World } from './world.ts';
import { writtenSource } from './written.ts';

/** A package that waits for a round, with the dependencies that are not chosen yet. */
interface Waiting {
  pkg: Package;
  /** Below which rung it waits: `resolve`, or `recipe` for what its recipe is fetched with. */
  below: 'recipe' | 'resolve';
  open: Dependency[];
  release(): void;
}

/** The package that a request means, part of the graph and of the ladder. */
export function request(run: Run, wanted: PackageRequest, origin: Origin, servesShell = false): Package {
  const pkg = run.graph.admit(createPackage(wanted, origin, servesShell));
  if (!run.ladder.add(climbs(pkg, run))) return pkg;
  const { onlyLooks } = run.world.policy;
  const source = writtenSource(pkg)?.source;
  if (source?.form === 'function') {
    run.wiring.wire(pkg, source.dependencies, 'recipe');
    if (!onlyLooks) connectShellTo(pkg, 'recipe', run);
  }
  // Recipes load at once, whoever will need the package: only the whole graph can answer weak references.
  void run.ladder.reach(pkg.id, 'recipe');
  return pkg;
}

export class Wiring {
  readonly #run: Run;
  readonly #waiting: Waiting[] = [];

  constructor(run: Run) {
    this.#run = run;
  }

  /** Links what a package depends on; what needs the whole graph keeps it below a rung until a round has chosen. */
  wire(pkg: Package, dependencies: readonly Dependency[], below: Waiting['below']): void {
    const open = dependencies.filter(({ kind }) => kind !== 'strong');
    const waiting: Waiting = { pkg, below, open, release: () => {} };
    for (const dependency of dependencies) {
      if (dependency.kind !== 'strong') continue;
      const endless = findEndless(pkg, dependency, this.#originOf(waiting, dependency), this.#run);
      // It fails, and whatever else it needs is not needed any more.
      if (endless) return void pkg.unwired.push(endless);
      this.#choose(waiting, dependency, this.#ask(waiting, dependency, dependency.request));
    }
    if (open.length > 0) this.#waiting.push({ ...waiting, release: this.#run.ladder.hold(pkg.id, below) });
  }

  /**
   * Looks up what an alias depends on in its own scope: where that is another package than in the scope of the first,
   * the two meet in the graph and clash.
   */
  compare(alias: Package, loaded: Loaded): void {
    for (const dependency of loaded.dependencies) {
      if (dependency.kind !== 'strong') continue;
      const { id: to } = request(this.#run, dependency.request, originOf(alias, loaded, dependency), alias.servesShell);
      this.#run.ladder.link({ from: alias.id, to, neededBy: 'resolve', through: 'recipe', always: true });
    }
  }

  /** One pass over all that waits, in the order of their names, so that every run chooses alike. */
  round(): number {
    const waiting = this.#waiting.splice(0).sort((a, b) => (a.pkg.id < b.pkg.id ? -1 : 1));
    // What galley.lock has chosen may come with what others choose. Only when nothing moves any more it is gone.
    const changes = this.#settle(waiting, lockedChoice) || this.#settle(waiting, () => undefined);
    for (const entry of waiting) {
      if (entry.open.length > 0 && changes > 0) this.#waiting.push(entry);
      else this.#let(entry);
    }
    return changes + waiting.length - this.#waiting.length;
  }

  /** Chooses where there is one match, or the one that was chosen before; answers how much was chosen. */
  #settle(waiting: readonly Waiting[], chosenBefore: typeof lockedChoice): number {
    let changes = 0;
    for (const entry of waiting) {
      changes += keep(entry.open, (dependency) => {
        const candidates = this.#candidates(entry.pkg, dependency);
        const before = chosenBefore(entry.pkg, dependency, this.#run);
        const [match, ...others] =
          before === undefined ? candidates : candidates.filter(({ label }) => label === before);
        if (match === undefined || others.length > 0) return true;
        tellKept(entry.pkg, { dependency, kept: match, candidates }, this.#run);
        this.#choose(entry, dependency, match);
        return false;
      });
    }
    return changes + this.#startFallbacks(waiting, chosenBefore);
  }

  /** Whatever is still open now matches nothing, or too much: the package fails with it when it climbs on. */
  #let({ pkg, open, release }: Waiting): void {
    pkg.unwired.push(...open.map((dependency) => this.#problem(pkg, dependency)));
    release();
  }

  /** One fallback for each query: the next package with the same query finds this one in the next round. */
  #startFallbacks(waiting: readonly Waiting[], chosenBefore: typeof lockedChoice): number {
    const started = new Set<string>();
    let changes = 0;
    for (const entry of waiting) {
      changes += keep(entry.open, (dependency) => {
        const fallback = fallbackOf(dependency);
        const query = `${queryOf(dependency)}${entry.pkg.servesShell}`;
        const before = chosenBefore(entry.pkg, dependency, this.#run);
        const isWanted =
          before === undefined
            ? this.#candidates(entry.pkg, dependency).length === 0
            : fallback !== undefined && labelOf(fallback) === before;
        if (!fallback || started.has(query) || !isWanted) return true;
        started.add(query);
        const target = this.#ask(entry, dependency, fallback);
        tellKept(
          entry.pkg,
          { dependency, kept: target, candidates: this.#candidates(entry.pkg, dependency) },
          this.#run,
        );
        this.#choose(entry, dependency, target);
        return false;
      });
    }
    return changes;
  }

  #candidates({ servesShell }: Package, dependency: Dependency): Package[] {
    const { graph } = this.#run;
    if (dependency.kind === 'product') return graph.providers(dependency.product, dependency.query, servesShell);
    return dependency.kind === 'strong' ? [] : graph.match(dependency.query, servesShell);
  }

  #ask(waiting: Waiting, dependency: Dependency, wanted: PackageRequest): Package {
    return request(this.#run, wanted, this.#originOf(waiting, dependency), waiting.pkg.servesShell);
  }

  #originOf({ pkg, below }: Waiting, dependency: Dependency): Origin {
    return below === 'recipe' ? prerequisiteOf(pkg, dependency) : originOf(pkg, loadedOf(pkg), dependency);
  }

  /** A choice that closes a ring, or comes too late, fails its own package when that climbs on: others still tell theirs. */
  #choose(entry: Waiting, dependency: Dependency, target: Package): void {
    try {
      this.#connect(entry, dependency, target);
      lockChoice(entry.pkg, dependency, { target, run: this.#run });
    } catch (error) {
      if (!isFailure(error)) throw error;
      const { code, message, hint } = error;
      entry.pkg.unwired.push({
        code,
        message,
        ...placeOf(entry.pkg, dependency),
        ...(hint === undefined ? {} : { hint }),
      });
    }
  }

  #connect({ pkg, below }: Waiting, dependency: Dependency, target: Package): void {
    const { ladder, world } = this.#run;
    const link = (neededBy: Phase, through: Phase): void =>
      ladder.link({ from: pkg.id, to: target.id, neededBy, through, always: dependency.runtime });
    selectSetup(follow(target), dependency.setup, pkg);
    if (below === 'recipe') {
      // A mere look makes nothing: it only wants to know them.
      link('recipe', world.policy.onlyLooks ? 'recipe' : 'setup');
      addWire(pkg.prerequisites, { dependency, target });
      return;
    }
    // The key of a dependency is part of this key; of any other, only its recipe tells whether it will do.
    link('resolve', isKeyed(dependency.neededBy) ? 'resolve' : 'recipe');
    if (runsAhead(pkg, dependency, world)) link('resolve', 'setup');
    link(dependency.neededBy, 'setup');
    addWire(pkg.wires, { dependency, target });
  }

  #problem(pkg: Package, dependency: Dependency): Diagnostic {
    const found = this.#candidates(pkg, dependency).map(({ label }) => label);
    const subject = `${queryOf(dependency)} of ${pkg.label} matches`;
    const place = placeOf(pkg, dependency);
    if (found.length === 0) {
      const hint = 'Add a package that matches to the manifest, or give a fallback with "weak"';
      return { code: 'DEPENDENCY_UNMATCHED', message: `${subject} no package`, hint, ...place };
    }
    const message = `${subject} ${found.length} packages: ${found.join(', ')}`;
    const hint =
      dependency.kind === 'product' ? 'Say which one with "recipe"' : 'Ask for one of them by its whole name';
    return { code: 'DEPENDENCY_AMBIGUOUS', message, hint, ...place };
  }
}

function originOf(pkg: Package, { recipe, scope }: Loaded, { index }: Dependency): Origin {
  return { file: recipe.file, path: ['dependencies', index], parent: pkg, scope };
}

/** A fetch function may run in `resolve` already, and finds there what it needs. A mere look runs nothing. */
function runsAhead(pkg: Package, { neededBy }: Dependency, { policy }: World): boolean {
  const isEarly = neededBy === 'fetch' || neededBy === 'check';
  return isEarly && loadedOf(pkg).recipe.fetch?.form === 'function' && !policy.onlyLooks;
}

/** In the order of declaration, whenever it was chosen. */
function addWire(wires: Wire[], wire: Wire): void {
  wires.push(wire);
  wires.sort((a, b) => a.dependency.index - b.dependency.index);
}

/** Who asks for what a function needs that fetches a recipe, or the bundle it is in. */
function prerequisiteOf(pkg: Package, { index }: Pick<Dependency, 'index'>): Origin {
  const { origin } = writtenSource(pkg) ?? pkg;
  return { ...origin, path: [...origin.path, 'source', 'dependencies', index] };
}

/** Where a prerequisite is written. */
export function prerequisitePlace(pkg: Package, dependency: Pick<Dependency, 'index'>): Declaration {
  const { file, path } = prerequisiteOf(pkg, dependency);
  return { file, path };
}

/** Where a dependency stands, for problems: in the recipe, or in what asked for a recipe that is not there yet. */
export function placeOf(pkg: Package, { index }: Pick<Dependency, 'index'>): { file: string; path: ValuePath } {
  if (pkg.loaded) return { file: pkg.loaded.recipe.file, path: ['dependencies', index] };
  return prerequisitePlace(pkg, { index });
}

function queryOf(dependency: Dependency): string {
  if (dependency.kind !== 'product')
    return `Dependency "${dependency.kind === 'strong' ? dependency.request.recipe : dependency.query}"`;
  return `Product "${dependency.product}"${dependency.query ? ` of "${dependency.query}"` : ''}`;
}

/** Keeps the members for which `stays` is true, in place, and answers how many went. */
function keep<T>(list: T[], stays: (member: T) => boolean): number {
  const kept = list.filter(stays);
  const gone = list.length - kept.length;
  list.splice(0, list.length, ...kept);
  return gone;
}
