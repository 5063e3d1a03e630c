// Names and links that lead astray are the same in all formats that have names and links, so each is tried in all of them.
import { sevenZipOf } from '../seven-zips.ts';
import { type TarItem, tarOfBlocks } from '../tars.ts';
import { FILE, LINK, zipOf } from '../zips.ts';
import type { HostileCase } from './case.ts';
import type { Entry } from './entry.ts';
import { LINKS } from './links.ts';
import { NAMES } from './names.ts';

/** As in stat(2), for the formats that keep it. */
const TYPES = {
  file: FILE & 0o170000,
  dir: 0o040000,
  link: LINK & 0o170000,
  pipe: 0o010000,
  device: 0o020000,
  socket: 0o140000,
};
/** Tar knows no sockets. */
const FLAGS: Record<string, string> = { file: '0', dir: '5', link: '2', pipe: '6', device: '3' };

const toTar = ({ kind, name, target, content, mode }: Entry): TarItem[] => {
  const at = kind === 'dir' ? `${name}/` : name;
  const long = (text: string, flag: string): TarItem[] =>
    Buffer.byteLength(text) > 100 ? [{ name: 'long', flag, content: `${text}\0` }] : [];
  return [
    ...long(at, 'L'),
    ...long(target ?? '', 'K'),
    {
      name: at,
      flag: FLAGS[kind] as string,
      ...(content !== undefined && { content }),
      ...(target !== undefined && { target }),
      ...(mode !== undefined && { mode }),
    },
  ];
};

const toZip = ({ kind, name, target, content, mode = 0o644 }: Entry) => ({
  name: kind === 'dir' ? `${name}/` : name,
  content: target ?? content ?? '',
  mode: TYPES[kind] | mode,
});

const toSevenZip = ({ kind, name, target, content, mode = 0o644 }: Entry) => ({
  name,
  content: target ?? content ?? '',
  mode: TYPES[kind] | mode,
  isDir: kind === 'dir',
});

const FORMATS: Record<string, (entries: Entry[]) => Buffer> = {
  'x.tar': (entries) => tarOfBlocks(...entries.flatMap(toTar)),
  'x.zip': (entries) => zipOf(...entries.map(toZip)),
  'x.7z': (entries) => sevenZipOf(...entries.map(toSevenZip)),
};

export const ENTRIES: HostileCase[] = [...NAMES, ...LINKS].flatMap(([name, cves, entries, becomes, more = {}]) => {
  const { formats = Object.keys(FORMATS), limits } = more;
  return formats.map((file) => ({
    name,
    file,
    cves,
    bytes: (outsideDir: string) => (FORMATS[file] as (typeof FORMATS)[string])(entries(outsideDir)),
    becomes,
    ...(limits && { limits }),
  }));
});
