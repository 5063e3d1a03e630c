// The second half of a 7z header: the files, and which of them have a content.
import type { Cursor } from './cursor.ts';

const [EMPTY_STREAM, EMPTY_FILE, ANTI, NAMES, ATTRIBUTES] = [0x0e, 0x0f, 0x10, 0x11, 0x15];

/** Of Windows: a directory, and something that leads elsewhere. */
const [DIRECTORY, REPARSE_POINT] = [0x10, 0x400];
/** What Unix knows of a file stands in the upper half. */
const HAS_UNIX_MODE = 0x8000;

export interface Item {
  name: string;
  hasContent: boolean;
  isDir: boolean;
  /** It says that a file has to be removed: only updates of other archives have that. */
  isAnti: boolean;
  /** Type and permissions, where Unix packed it. */
  mode: number | undefined;
  leadsElsewhere: boolean;
}

export function readItems(cursor: Cursor): Item[] {
  const count = cursor.count();
  let isEmpty: boolean[] = [];
  let isEmptyFile: boolean[] = [];
  let isAnti: boolean[] = [];
  let names: string[] = [];
  let attributes: (number | undefined)[] = [];
  for (const id of cursor.parts()) {
    const property = cursor.part(cursor.number());
    const empty = () => isEmpty.filter(Boolean).length;
    if (id === EMPTY_STREAM) isEmpty = property.bits(count);
    else if (id === EMPTY_FILE) isEmptyFile = property.bits(empty());
    else if (id === ANTI) isAnti = property.bits(empty());
    else if (id === NAMES) names = readNames(property, count);
    else if (id === ATTRIBUTES) attributes = readAttributes(property, count);
    // Times and padding are of no use to us.
  }
  let empty = 0;
  return Array.from({ length: count }, (_, index): Item => {
    const hasContent = !isEmpty[index];
    const at = hasContent ? -1 : empty++;
    const flags = attributes[index] ?? 0;
    return {
      name: names[index] ?? '',
      hasContent,
      isDir: !hasContent && !isEmptyFile[at],
      isAnti: isAnti[at] ?? false,
      mode: flags & HAS_UNIX_MODE ? flags >>> 16 : undefined,
      leadsElsewhere: (flags & (REPARSE_POINT | DIRECTORY)) === REPARSE_POINT,
    };
  });
}

/** UTF-16, each with two NULs behind it. */
function readNames(property: Cursor, count: number): string[] {
  property.expect(0);
  const names = property.rest().toString('utf16le').split('\0');
  if (names.length !== count + 1) throw new Error('Not as many names as files');
  return names.slice(0, count);
}

function readAttributes(property: Cursor, count: number): (number | undefined)[] {
  const isKnown = property.optionalBits(count);
  property.expect(0);
  return isKnown.map((known) => (known ? property.uint32() : undefined));
}
