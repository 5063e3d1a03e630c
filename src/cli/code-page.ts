// The reference page of a code as text for a terminal. Knows how such pages are made, and nothing of what they say.
import { CODES, type Code, exitStatusOf } from '../model/codes.ts';

/** Without the marks of the page; what is in fences stays as it is. */
export function textOfPage(code: Code, page: string): string {
  const head = `${code} (${CODES[code].blame}, exit status ${exitStatusOf(code)})`;
  const [, body = ''] = page.split('-->\n');
  const [text = ''] = body.split('\nExit status ');
  const parts = text.split(/^```.*\n/m).map((part, at) => (at % 2 === 0 ? plain(part) : part));
  return `${head}\n\n${parts.join('').trim()}`;
}

function plain(text: string): string {
  return text
    .replace(/^## (.*)$/gm, '$1:')
    .replace(/\*\*(.*?)\*\*/g, '$1')
    .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '');
}
