// `galley cache info`: where the cache is, what takes its space, how much of that nobody wants, and for whom the rest is.
// Knows no project but by what it told the cache.
import type { CacheSurvey } from '../../cache/care.ts';
import type { Holding } from '../../cache/holdings.ts';
import type { ProjectState } from '../../cache/projects.ts';
import { formatAge, formatSize } from '../../model/amount.ts';
import type { Json } from '../../model/json.ts';
import type { Run } from '../answer.ts';
import { freeOf, HOLDING_NAMES, sizeOf } from '../cache/holdings.ts';
import { formatColumns } from '../columns.ts';

export const run: Run = async (services, { settings }) => {
  const cache = await services.cache(settings);
  const survey = await (await cache.care()).survey();
  const now = services.clock.now();
  const { rootDir } = cache.layout;
  const parts = [totalsOf(survey, rootDir), projectsOf(survey, now), entriesOf(survey, now)];
  return { status: 0, stdout: parts.filter((part) => part !== '').join('\n\n'), json: describe(survey, rootDir) };
};

/** The kinds that there are, the largest first, and all together. */
function totalsOf(survey: CacheSurvey, rootDir: string): string {
  const kinds = [...Map.groupBy(survey.holdings, ({ kind }) => kind)].sort(([, a], [, b]) => sizeOf(b) - sizeOf(a));
  const rows = kinds.map(([kind, holdings]) => [HOLDING_NAMES[kind][1], ...amountOf(holdings, survey)]);
  return formatColumns([['cache', rootDir], ...rows, ['in all', ...amountOf(survey.holdings, survey)]]);
}

function amountOf(holdings: readonly Holding[], survey: CacheSurvey): string[] {
  const free = freeOf(holdings, survey);
  const reclaimable = free.length === 0 ? '' : `${formatSize(sizeOf(free))} of it for nobody`;
  return [`${holdings.length} in ${formatSize(sizeOf(holdings))}`, reclaimable];
}

function projectsOf({ projects, holdings }: CacheSurvey, now: number): string {
  const rows = projects
    .toSorted((a, b) => b.usedAt - a.usedAt)
    .map((project) => [
      formatSize(sizeOf(ownOf(project, holdings))),
      `used ${formatAge(now - project.usedAt)} ago`,
      project.manifest,
      { present: '', elsewhere: `on ${project.host || 'an unknown host'}`, gone: 'gone' }[project.state],
    ]);
  return formatColumns(rows);
}

function ownOf({ names }: ProjectState, holdings: readonly Holding[]): Holding[] {
  const own = new Set(names);
  return holdings.filter(({ unit }) => own.has(unit));
}

/** Assets and unfinished entries, the largest first. */
function entriesOf({ holdings, projects }: CacheSurvey, now: number): string {
  const rows = entries(holdings).map((holding) => {
    const [identity, name] = nameOf(holding);
    const users = usersOf(holding, projects).length;
    return [
      holding.kind === 'asset' ? formatSize(holding.sizeBytes) : 'unfinished',
      ...[identity, name.replace(/-([^-]{12})[^-]*$/, '-$1')],
      `used ${formatAge(now - holding.usedAt)} ago`,
      users === 0 ? 'by no project now' : `by ${users} project${users === 1 ? '' : 's'}`,
    ];
  });
  return formatColumns(rows);
}

function entries(holdings: readonly Holding[]): Holding[] {
  return holdings
    .filter(({ kind, path, unit }) => kind === 'asset' || (kind === 'work' && path === unit))
    .sort((a, b) => b.sizeBytes - a.sizeBytes);
}

function nameOf({ unit }: Holding): [identity: string, name: string] {
  const [, identity = '', name = ''] = unit.split('/');
  return [identity, name];
}

/** Manifests of the projects that want an entry themselves. */
function usersOf({ unit }: Holding, projects: readonly ProjectState[]): string[] {
  return projects
    .filter(({ state, names }) => state !== 'gone' && names.includes(unit))
    .map(({ manifest }) => manifest);
}

function describe(survey: CacheSurvey, rootDir: string): Json {
  const { holdings, projects } = survey;
  const kinds = [...Map.groupBy(holdings, ({ kind }) => kind)];
  return {
    root: rootDir,
    bytes: sizeOf(holdings),
    reclaimable_bytes: sizeOf(freeOf(holdings, survey)),
    kinds: Object.fromEntries(
      kinds.map(([kind, own]) => [
        kind,
        { count: own.length, bytes: sizeOf(own), reclaimable_bytes: sizeOf(freeOf(own, survey)) },
      ]),
    ),
    projects: projects.map((project) => ({
      manifest: project.manifest,
      ...{ host: project.host, state: project.state, used_at: timeOf(project), names: project.names },
      bytes: sizeOf(ownOf(project, holdings)),
    })),
    entries: entries(holdings).map((holding) => {
      const [identity, name] = nameOf(holding);
      const [, platform = '', key = ''] = /^(.+)-([^-]+)$/.exec(name) ?? [];
      return {
        ...{ identity, platform, key, dir: `${rootDir}/${holding.unit}`, size_bytes: holding.sizeBytes },
        ...{ complete: holding.kind === 'asset', used_at: timeOf(holding), projects: usersOf(holding, projects) },
      };
    }),
  };
}

function timeOf({ usedAt }: { usedAt: number }): string {
  return new Date(usedAt).toISOString();
}
