// The index of decisions, from their titles.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { page } from './markdown.ts';

export const DECISIONS = path.join(import.meta.dirname, '../../../docs/design/decisions');

const ABOUT = `One page for each choice that could have gone another way: the situation, the choice, what was rejected, and what would
change our mind.`;

export function decisionsPage(): string {
  const names = readdirSync(DECISIONS).filter((name) => /^\d{4}-/.test(name));
  const items = names.sort().map((name) => {
    const [, title = ''] = /^# (?:\d+: )?(.*)$/m.exec(readFileSync(path.join(DECISIONS, name), 'utf8')) ?? [];
    return `- ${Number(name.slice(0, 4))} – [${title}](${name})`;
  });
  return page('Decisions', [ABOUT, items.join('\n')]);
}
