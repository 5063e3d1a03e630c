// What an index of Python packages answers for a project, as JSON (PEP 691) or as the older page (PEP 503), which many
// mirrors still send. Knows nothing of which file is wanted.
import { parseSha256, type Sha256 } from '../model/digest.ts';
import { Failure } from '../model/failure.ts';
import { isJsonObject, type Json } from '../model/json.ts';
import { redactUrl } from '../model/redact.ts';
import { parseAnswer } from './registry.ts';

export interface IndexFile {
  name: string;
  /** http or https: an index must not make us read files of this machine. */
  url: string;
  /** Absent: the index publishes none. */
  sha256?: Sha256;
}

/** JSON where the index has it. */
export const ACCEPT =
  'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.2, text/html; q=0.1';

/** @throws Failure FETCH_FAILED when it is something else, such as the page of a proxy that wants a log-in */
export function parseIndex(text: string, url: string): IndexFile[] {
  // By the first letter: servers answer pages under the type of JSON, and the other way round.
  const files = text.trimStart().startsWith('{') ? filesOfJson(parseAnswer(text, url), url) : filesOfPage(text, url);
  if (files !== undefined) return files;
  const shown = redactUrl(url);
  const message = `Cannot read "${shown}": it is not what an index of Python packages holds`;
  throw new Failure('FETCH_FAILED', message, { facts: { url: shown } });
}

function filesOfJson(document: Json, base: string): IndexFile[] | undefined {
  if (!isJsonObject(document) || !Array.isArray(document.files)) return undefined;
  return document.files.filter(isJsonObject).flatMap(({ filename, url, hashes }) => {
    const sha256 = isJsonObject(hashes) ? parseSha256(`${hashes.sha256}`) : undefined;
    return fileOf({ name: `${filename}`, href: `${url}`, sha256, base });
  });
}

function filesOfPage(page: string, base: string): IndexFile[] | undefined {
  // Attributes before it may hold anything in their quotes, such as ">=3.8". No tag has another inside, so that a page of
  // nothing but beginnings is read once and not once for each.
  const links = [...page.matchAll(/<a(?=\s)(?:[^<>"']|"[^"]*"|'[^']*')*?\shref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)];
  const files = links.flatMap(([, double, single]) => {
    const [href = '', fragment = ''] = unescapeEntities(double ?? single ?? '').split('#', 2);
    const name = decode(href.split('?')[0]?.split('/').at(-1) ?? '');
    return fileOf({ name, href, sha256: parseSha256(fragment.replace(/^sha256=/, '')), base });
  });
  // An empty project has a page with a heading and no links; anything else without links is no index.
  return links.length === 0 && !/<title>\s*Links for/i.test(page) ? undefined : files;
}

function fileOf(found: { name: string; href: string; sha256: Sha256 | undefined; base: string }): IndexFile[] {
  const { name, href, sha256, base } = found;
  const url = URL.parse(href, base);
  if (url === null || !/^https?:$/.test(url.protocol) || !/^[\w.+!-]+$/.test(name)) return [];
  return [{ name, url: url.href, ...(sha256 !== undefined && { sha256 }) }];
}

const ENTITIES: Record<string, string> = { amp: '&', quot: '"', lt: '<', gt: '>', '#39': "'", '#x27': "'" };

function unescapeEntities(text: string): string {
  return text.replaceAll(/&(#?\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
