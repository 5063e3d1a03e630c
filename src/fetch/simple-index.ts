// What an index of Python packages answers for a project, as JSON (PEP 691) or as the older page (PEP 503), which many
// mirrors still send. Knows nothing of which file is wanted.
import { parseSha256, type Sha256 } from '../model/digest.ts';
import { Failure } from '../model/failure.ts';
import { findStrongest, integrityOfHex } from '../model/integrity.ts';
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import { decodePercent } from '../model/percent.ts';
import { redactUrl } from '../model/redact.ts';
import { stripControl } from '../system/terminal.ts';
import { parseAnswer } from './registry.ts';

export interface IndexFile {
  name: string;
  /** http or https: an index must not make us read files of this machine. */
  url: string;
  sha256?: Sha256;
  /** The strongest of the other checksums, where there is no sha256. */
  integrity?: string;
  /** Why nobody should take the file any more (PEP 592). */
  yanked?: string;
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
  return document.files.filter(isJsonObject).flatMap(({ filename, url, hashes, yanked }) => {
    const published = checksumsOf(isJsonObject(hashes) ? hashes : {});
    return fileOf({ name: `${filename}`, href: `${url}`, base, ...published, ...reasonOf(yanked) });
  });
}

function filesOfPage(page: string, base: string): IndexFile[] | undefined {
  // Attributes before it may hold anything in their quotes, such as ">=3.8". No tag has another inside, so that a page of
  // nothing but beginnings is read once and not once for each.
  const links = [
    ...page.matchAll(
      /<a(?=\s)(?:[^<>"']|"[^"]*"|'[^']*')*?\shref\s*=\s*(?:"([^"]*)"|'([^']*)')((?:[^<>"']|"[^"]*"|'[^']*')*)/gi,
    ),
  ];
  const files = links.flatMap(([tag, double, single]) => {
    const [href = '', fragment = ''] = unescapeEntities(double ?? single ?? '').split('#', 2);
    const name = decodePercent(href.split('?')[0]?.split('/').at(-1) ?? '');
    const [, algorithm = '', digits = ''] = /^(\w+)=(\w+)/.exec(fragment) ?? [];
    const yanked = /\sdata-yanked(?![\w-])(?:\s*=\s*["']([^"']*))?/i.exec(tag);
    return fileOf({
      name,
      href,
      base,
      ...checksumsOf({ [algorithm]: digits }),
      ...reasonOf(yanked === null ? undefined : (yanked[1] ?? '')),
    });
  });
  // An empty project has a page with a heading and no links; anything else without links is no index.
  return links.length === 0 && !/<title>\s*Links for/i.test(page) ? undefined : files;
}

/** sha256 where it is published, else the strongest of what is. */
function checksumsOf(hashes: JsonObject): Pick<IndexFile, 'sha256' | 'integrity'> {
  const sha256 = parseSha256(`${hashes.sha256}`);
  if (sha256 !== undefined) return { sha256 };
  const words = Object.entries(hashes).map(([algorithm, digits]) => integrityOfHex(algorithm, `${digits}`) ?? '');
  const integrity = findStrongest(words.join(' '));
  return integrity === undefined ? {} : { integrity };
}

/** The reason may be left out. */
function reasonOf(yanked: Json | undefined): Pick<IndexFile, 'yanked'> {
  if (yanked === undefined || yanked === false) return {};
  return { yanked: typeof yanked === 'string' ? stripControl(yanked) : '' };
}

function fileOf({
  name,
  href,
  base,
  ...published
}: Omit<IndexFile, 'url'> & { href: string; base: string }): IndexFile[] {
  const url = URL.parse(href, base);
  if (url === null || !/^https?:$/.test(url.protocol) || !/^[\w.+!-]+$/.test(name)) return [];
  return [{ name, url: url.href, ...published }];
}

const ENTITIES: Record<string, string> = { amp: '&', quot: '"', lt: '<', gt: '>', '#39': "'", '#x27': "'" };

function unescapeEntities(text: string): string {
  return text.replaceAll(/&(#?\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}
