// A run told as a short text that can be kept beside its input: what each package did, what it left, why it failed. What
// differs from run to run and from machine to machine is taken out.
import path from 'node:path';
import type { Event, FailureFacts } from '../../src/model/event.ts';
import { listNames, readTree } from './disk.ts';
import type { Finished } from './galley.ts';
import type { Project } from './project.ts';

/** Tells a run package by package: which ones climb at the same time is of no interest here. */
export function tellRun({ status, stdout, events }: Finished, project: Project): string {
  const labels = [
    ...new Set(events.all.flatMap((event) => ('package' in event && event.package ? [event.package] : []))),
  ];
  const problems = events.of('problem.found').flatMap((event) => tellError(event.error, '  '));
  const lines = [
    `exit ${status}`,
    ...problems,
    ...labels.sort().flatMap((label) => tellPackage(label, events.all)),
    stdout.trimEnd(),
  ];
  return neutral(lines.filter((line) => line !== '').join('\n'), project);
}

/** Tells what the cache holds of every package: the names in its entries and the texts in its assets. */
export async function tellCache(project: Project): Promise<string> {
  const assetsDir = path.join(project.cacheDir, 'assets');
  const lines: string[] = [];
  for (const identity of await listNames(assetsDir)) {
    for (const entry of await listNames(path.join(assetsDir, identity))) {
      const entryDir = path.join(assetsDir, identity, entry);
      lines.push(`${identity}: ${(await listNames(entryDir)).join(' ')}`);
      const texts = Object.entries(await readTree(path.join(entryDir, 'asset')));
      lines.push(...texts.map(([name, text]) => `  ${name}: ${JSON.stringify(text)}`));
    }
  }
  return neutral(lines.length > 0 ? lines.join('\n') : 'nothing', project);
}

/** Tells what is in the home directory, where packages of the test data that wrap something have it; often nothing. */
export async function tellHome({ homeDir }: Project): Promise<string> {
  const texts = Object.entries(await readTree(homeDir));
  return texts.length === 0
    ? ''
    : `\n# home\n${texts.map(([name, text]) => `  ${name}: ${JSON.stringify(text)}`).join('\n')}\n`;
}

function tellPackage(label: string, events: readonly Event[]): string[] {
  const own = events.filter((event) => 'package' in event && event.package === label);
  return [label, ...own.flatMap(tellEvent)];
}

function tellEvent(event: Event): string[] {
  switch (event.type) {
    case 'phase.started':
      return [`  ${event.phase}`];
    case 'check.finished':
      return [`    ${event.when} check: ${event.result}`];
    case 'output.line':
      return event.text.split('\n').map((line) => `    ${event.stream === 'both' ? '' : `${event.stream}: `}${line}`);
    case 'log.message':
      return [`    ${event.level}: ${event.text}`];
    case 'install.fallback':
      return [`    fallback: ${event.branch}`];
    case 'entry.purged':
      return [`  purged, kept: ${event.kept.join(' ') || 'nothing'}`];
    case 'package.finished':
      return [`  → ${event.outcome}`, ...(event.error ? tellError(event.error, '    ') : [])];
    default:
      return [];
  }
}

function tellError({ code, message, hint, location, excerpt }: FailureFacts, indent: string): string[] {
  const where = location ? [`at ${location.file}:${location.line}`] : [];
  const lines = [
    `${code}: ${message}`,
    ...(hint ? [`hint: ${hint}`] : []),
    ...where,
    ...(excerpt ? [`| ${excerpt.trim()}`] : []),
  ];
  return lines.map((line) => `${indent}${line}`);
}

/** Text without what differs from run to run and from machine to machine. */
export function neutral(text: string, { cacheDir, dir }: Project): string {
  return text
    .replaceAll(dir, '<project>')
    .replaceAll(cacheDir, '<cache>')
    .replace(/(linux|darwin)-(x86_64|arm64)-[0-9a-f]{32}/g, '<key>')
    .replace(/\b(for|support|platform) (linux|darwin)-(x86_64|arm64)\b/g, '$1 <platform>')
    .replace(/\d{10,}-([0-9a-f]{32}|unresolved)\.log/g, '<log>')
    .replace(/\.step\.[0-9a-f]+\.tmp/g, '<scratch>');
}
