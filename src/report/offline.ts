// The chapter about what --offline kept from coming, for several packages at once: whoever goes online next wants one
// list, not the same advice over and over.
import type { FailureFacts } from '../model/event.ts';
import type { Paint } from './paint.ts';

export function isOffline(errors: readonly FailureFacts[]): boolean {
  return errors.every(({ code }) => code === 'OFFLINE');
}

export function offlineChapter(
  missing: readonly { package: string; errors: readonly FailureFacts[] }[],
  paint: Paint,
): string {
  const wanted = new Map<string, string[]>();
  for (const { package: name, errors } of missing) {
    for (const url of errors.flatMap(({ facts }) => (facts?.urls as string[] | undefined) ?? [])) {
      wanted.set(url, [...(wanted.get(url) ?? []), name]);
    }
  }
  const rows = [...wanted].map(([url, names]) => `  ${url}  ${paint.faint(`for ${names.join(', ')}`)}`);
  const hint = missing[0]?.errors[0]?.hint;
  return [
    `${paint.bad('error:')} ${missing.length} packages need what is not on this machine, and --offline forbids to fetch it:`,
    ...rows,
    ...(hint === undefined ? [] : [paint.hint(`  hint: ${hint}`)]),
    paint.faint('  code: OFFLINE'),
  ].join('\n');
}
