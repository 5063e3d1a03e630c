// `galley doctor`: what is right and wrong with this machine, this galley, the cache and the project. Mends nothing, and
// goes on where a part cannot be looked at.
import type { Run } from '../answer.ts';
import { formatColumns } from '../columns.ts';
import { examineCache } from '../doctor/cache.ts';
import type { Area, Finding } from '../doctor/finding.ts';
import { examineNetwork } from '../doctor/network.ts';
import { examineProgram, examineSettings } from '../doctor/program.ts';
import { examineProject } from '../doctor/project.ts';
import { examineTools } from '../doctor/tools.ts';
import { toJson } from '../json.ts';

const AREAS: readonly Area[] = ['program', 'settings', 'cache', 'project', 'tools', 'network'];

export const run: Run = async (services, options) => {
  const { settings } = options;
  // Without a cache nothing of a project can be looked at, and its problem is told once.
  const cache = await examineCache(services, settings);
  const parts = await Promise.all([
    cache,
    examineProgram(services),
    examineSettings(options),
    hasError(cache) ? [] : examineProject(services, settings),
    examineTools(services),
    examineNetwork(services, settings),
  ]);
  const findings = parts.flat();
  return {
    status: hasError(findings) ? 1 : 0,
    stdout: [...AREAS.map((area) => tell(area, findings)), sumUp(findings)].join('\n\n'),
    json: toJson(findings),
  };
};

const hasError = (findings: readonly Finding[]): boolean => findings.some(({ level }) => level === 'error');

function tell(area: Area, findings: readonly Finding[]): string {
  const own = findings.filter((finding) => finding.area === area);
  const rows = own.map(({ level, name, value }) => [level === 'ok' ? '' : level, name, value]);
  const lines = formatColumns(rows).split('\n');
  const told = own.flatMap(({ advice }, index) => [
    `  ${lines[index]}`,
    ...(advice === undefined ? [] : [`        → ${advice}`]),
  ]);
  return [area, ...(own.length > 0 ? told : ['  nothing to look at'])].join('\n');
}

/** The last line, as all else may have scrolled away. */
function sumUp(findings: readonly Finding[]): string {
  const count = (level: Finding['level'], noun: string): string[] => {
    const { length } = findings.filter((finding) => finding.level === level);
    return length === 0 ? [] : [`${length} ${noun}${length === 1 ? '' : 's'}`];
  };
  return [...count('error', 'error'), ...count('warn', 'warning')].join(', ') || 'nothing is wrong';
}
