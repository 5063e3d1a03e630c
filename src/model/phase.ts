// The rungs of a package's ladder, lowest first.
//
//   recipe → resolve → check → import → fetch → stage → build → install → setup → deploy → export → done
//   └ graph ───────┘   └ the cache  ┘   └ payload: what makes the asset ┘   └ this host ┘

/** `payload` phases are skipped at once when a cache hit, an import or a passing check settles the package. */
export const PHASES = [
  { name: 'recipe', payload: false },
  { name: 'resolve', payload: false },
  { name: 'check', payload: false },
  { name: 'import', payload: true },
  { name: 'fetch', payload: true },
  { name: 'stage', payload: true },
  { name: 'build', payload: true },
  { name: 'install', payload: true },
  { name: 'setup', payload: false },
  { name: 'deploy', payload: false },
  { name: 'export', payload: false },
  { name: 'done', payload: false },
] as const;

export type Phase = (typeof PHASES)[number]['name'];

/** Phases that a dependency may be needed by. */
export const NEEDED_BY = ['check', 'fetch', 'stage', 'build', 'install', 'setup', 'deploy'] as const;
export type NeededBy = (typeof NEEDED_BY)[number];

const RANKS = new Map<string, number>(PHASES.map((phase, rank) => [phase.name, rank]));

/** Position on the ladder, 0 for `recipe`. */
export function phaseRank(phase: Phase): number {
  return RANKS.get(phase) as number;
}

/**
 * Phases whose dependencies go into the key: what is needed up to the install is visible to it, and can change the asset.
 */
export function isKeyed(neededBy: NeededBy): boolean {
  return phaseRank(neededBy) <= phaseRank('install');
}
