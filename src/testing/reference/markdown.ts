// The few forms that reference pages are made of.

const NOTICE =
  '<!-- Made from the tables in the code by `UPDATE_GOLDEN=1 npx vitest run src/testing`. Change those. -->';

export function page(name: string, parts: readonly string[]): string {
  return `${[`# ${name}`, NOTICE, ...parts].join('\n\n')}\n`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

export const fence = (lines: readonly string[], tag = 'text'): string => [`\`\`\`${tag}`, ...lines, '```'].join('\n');

export const title = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** Code in a cell: a bar would end the cell, and a line break the row. */
export function code(text: string): string {
  const inside = cell(text);
  return inside.includes('`') ? `\`\` ${inside} \`\`` : `\`${inside}\``;
}

/** Prose in a cell. */
export const cell = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();
