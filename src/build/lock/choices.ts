// Weak dependencies and galley.lock: what one was settled with is kept, until somebody wants another choice. Refuses to
// choose; that is wiring's.
import type { Dependency, PackageRequest } from '../../model/dependency.ts';
import type { Package } from '../package.ts';
import type { Run } from '../world.ts';

/** What may be taken where nothing matches. */
export function fallbackOf(dependency: Dependency): PackageRequest | undefined {
  return dependency.kind === 'weak' || dependency.kind === 'product' ? dependency.fallback : undefined;
}

/** What was chosen before. Without a fallback nothing else could be chosen without anybody noticing. */
export function lockedChoice(pkg: Package, dependency: Dependency, { pins }: Run): string | undefined {
  return fallbackOf(dependency) && pins.findChoice(pkg, wordsOf(dependency));
}

export function lockChoice(pkg: Package, dependency: Dependency, { target, run }: { target: Package; run: Run }): void {
  if (fallbackOf(dependency)) run.pins.addChoice(pkg, wordsOf(dependency), target.label);
}

interface Kept {
  dependency: Dependency;
  kept: Package;
  candidates: readonly Package[];
}

/** Whoever adds a package so that it is chosen wants to know why it is not. */
export function tellKept(pkg: Package, { dependency, kept, candidates }: Kept, { world }: Run): void {
  const others = candidates.filter((other) => other !== kept).map(({ label }) => label);
  if (others.length === 0) return;
  const about = `${kept.label} for "${wordsOf(dependency)}", as galley.lock says, and not ${others.join(', ')}`;
  const text = `${pkg.label} keeps ${about}; galley update chooses anew`;
  world.emit({ type: 'log.message', package: pkg.label, level: 'info', text });
}

function wordsOf(dependency: Dependency): string {
  if (dependency.kind !== 'product') return dependency.kind === 'strong' ? '' : dependency.query;
  return `product:${dependency.product}${dependency.query === undefined ? '' : ` of ${dependency.query}`}`;
}
