// Where paths lead, link by link. Synchronous, as stamps are: it asks what is answered from memory, once per directory.
import { lstatSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Ways {
  /** Every link that is met on the way, also one whose target is reached by another: each may come to lead elsewhere. */
  links: string[];
  /** What the paths lead to in the end, there or not; without links. */
  ends: string[];
}

/** @param files absolute paths */
export function followLinks(files: Iterable<string>): Ways {
  const links = new Set<string>();
  const ends = new Set<string>();
  /** Place in a directory without links → where it leads. */
  const known = new Map<string, string>();

  function walk(from: string, way: string): string {
    let at = from;
    for (const word of way.split('/')) {
      if (word === '..') at = dirname(at);
      else if (word !== '' && word !== '.') at = step(join(at, word));
    }
    return at;
  }

  function step(place: string): string {
    const end = known.get(place);
    if (end !== undefined) return end;
    // A ring of links ends where it began.
    known.set(place, place);
    const target = findTarget(place);
    if (target === undefined) return place;
    links.add(place);
    const led = walk(target.startsWith('/') ? '/' : dirname(place), target);
    known.set(place, led);
    return led;
  }

  for (const file of files) ends.add(walk('/', file));
  return { links: [...links], ends: [...ends] };
}

/** Asked first whether it is a link: an error costs more than a question. */
function findTarget(place: string): string | undefined {
  try {
    return lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(place) : undefined;
  } catch (error) {
    // Gone meanwhile, or below what is no directory or may not be looked into: whoever stamps the end sees that.
    if (['ENOENT', 'EINVAL', 'ENOTDIR', 'EACCES'].includes(String((error as NodeJS.ErrnoException).code)))
      return undefined;
    throw error;
  }
}
