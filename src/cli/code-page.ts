// What the reference page of errors says of one code. Knows how that page is made, and nothing of what it says.
import { CODES, type Code, exitStatusOf } from '../model/codes.ts';

/** The section of a code as text for a terminal, with the exit status, which the page tells for all of a kind. */
export function sectionOf(code: Code, page: string): string {
  const [, section = ''] = page.split(`\n### ${code}\n`);
  const [text = ''] = section.split(/\n##/);
  const head = `${code} (${CODES[code].blame}, exit status ${exitStatusOf(code)})`;
  return `${head}\n\n${text.replace(/^```.*\n/gm, '').trim()}`;
}
