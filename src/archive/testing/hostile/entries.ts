// Names and links that lead astray. They are the same in all formats that have names and links, so each is tried in all of
// them; what only some can say has a list of its own.
import { sevenZipOf } from '../seven-zips.ts';
import { type TarItem, tarOfBlocks } from '../tars.ts';
import { FILE, LINK, zipOf } from '../zips.ts';
import { type HostileCase, harmless, invalid, unsafe } from './case.ts';

interface Entry {
  kind: 'file' | 'dir' | 'link' | 'pipe' | 'device' | 'socket';
  name: string;
  target?: string;
  content?: string;
  mode?: number;
}

const file = (name: string, content = 'x', mode = 0o644): Entry => ({ kind: 'file', name, content, mode });
const dir = (name: string): Entry => ({ kind: 'dir', name });
const link = (name: string, target: string): Entry => ({ kind: 'link', name, target });
const node = (kind: 'pipe' | 'device' | 'socket', name: string): Entry => ({ kind, name });

type Row = [name: string, cves: string[], entries: (outsideDir: string) => Entry[], becomes: HostileCase['becomes']];

const ROWS: Row[] = [
  // Names that lead out.
  [
    'a name that climbs',
    ['CVE-2001-1267', 'CVE-2007-4559', 'CVE-2018-1002200', 'CVE-2018-1002203', 'CVE-2018-1002204', 'CVE-2022-48285'],
    () => [file('../escaped')],
    unsafe('entry "../escaped" leaves the directory'),
  ],
  [
    'a name that climbs behind a dot',
    ['CVE-2002-0399'],
    () => [file('./../escaped')],
    unsafe('entry "./../escaped" leaves the directory'),
  ],
  [
    'a name that climbs behind two slashes',
    ['CVE-2007-4131'],
    () => [file('a//../../escaped')],
    unsafe('entry "a//../../escaped" leaves the directory'),
  ],
  [
    'an absolute name that climbs',
    ['CVE-2005-1918'],
    () => [file('/../escaped')],
    unsafe('entry "/../escaped" has an absolute path'),
  ],
  [
    'a name that climbs from a directory of its own',
    ['CVE-2016-6321'],
    () => [file('etc/motd/../escaped')],
    unsafe('entry "etc/motd/../escaped" leaves the directory'),
  ],
  ['a name that is the directory above', [], () => [dir('..')], unsafe('leaves the directory')],
  ['an absolute name', ['CVE-2001-1269'], (out) => [file(`${out}/escaped`)], unsafe('has an absolute path')],
  [
    'an absolute name with many roots',
    ['CVE-2021-32804'],
    (out) => [file(`///${out}/escaped`)],
    unsafe('has an absolute path'),
  ],
  // Names that do so on other systems are names like all others here.
  [
    'the drive of another system',
    ['CVE-2021-37713'],
    () => [file('C:../inside'), file('D:/a')],
    harmless('C:../', 'C:../inside 1 0 x', 'D:/', 'D:/a 1 0 x'),
  ],
  [
    'the separators of another system',
    [],
    () => [file('..\\inside'), file('\\\\host\\share\\a')],
    harmless('..\\inside 1 0 x', '\\\\host\\share\\a 1 0 x'),
  ],
  // Names that are strange.
  ['no name', [], () => [file('')], unsafe('has no name')],
  ['a name of control characters', [], () => [file('a\u001b[31m\r\nb')], harmless('a\u001b[31m\r\nb 1 0 x')],
  ['empty steps', [], () => [file('a//b/./c')], harmless('a/', 'a/b/', 'a/b/c 1 0 x')],
  [
    'dots and spaces at the end',
    [],
    () => [file('a.'), file('b '), file('...')],
    harmless('... 1 0 x', 'a. 1 0 x', 'b  1 0 x'),
  ],
  [
    'names of methods',
    ['CVE-2021-23413'],
    () => [file('__proto__'), file('toString')],
    harmless('__proto__ 1 0 x', 'toString 1 0 x'),
  ],
  ['names of devices', [], () => [file('CON'), file('aux.txt')], harmless('CON 1 0 x', 'aux.txt 1 0 x')],
  ['a step that is too long', [], () => [file(`${'x'.repeat(256)}/a`)], invalid('does not take')],
  [
    'directories without end',
    ['CVE-2024-28863'],
    () => [file(`${'d/'.repeat(250)}f`)],
    unsafe('is more than 200 directories deep'),
  ],
  [
    'names that differ in case',
    [],
    () => [dir('A'), link('a', 'A'), file('A/b')],
    harmless('A/', 'A/b 1 0 x', 'a -> A'),
  ],
  [
    'names that differ in how an accent is written',
    [],
    () => [dir('caf\u00e9'), link('cafe\u0301', 'caf\u00e9'), file('caf\u00e9/b')],
    harmless('cafe\u0301 -> caf\u00e9', 'caf\u00e9/', 'caf\u00e9/b 1 0 x'),
  ],
  // Links that lead out.
  [
    'a link that climbs',
    ['CVE-2024-12905', 'CVE-2022-44900'],
    () => [link('l', '../..')],
    unsafe('entry "l" is a link to "../..", which leaves'),
  ],
  ['a link to the directory above', [], () => [link('l', '..')], unsafe('is a link to "..", which leaves')],
  ['a link that is absolute', ['CVE-2026-23745'], (out) => [link('l', `${out}/secret`)], unsafe('an absolute path')],
  [
    'a link to a directory with the same beginning',
    ['CVE-2025-59343'],
    () => [link('l', '../dest-other/secret')],
    unsafe('which leaves the directory'),
  ],
  [
    'a link that climbs behind a link',
    ['CVE-2025-4138', 'CVE-2025-4330'],
    () => [link('a', '.'), link('b', 'a/../../outside/secret')],
    unsafe('entry "b" is a link to "a/../../outside/secret", which climbs after a name'),
  ],
  [
    'a row of links that is longer than a path may be',
    ['CVE-2025-4517'],
    () => [
      ...[...'abcdefghijklmnop'].flatMap((step, index, all) => {
        const above = all.slice(0, index).map(() => 'd'.repeat(90));
        const at = above.map((name) => `${name}/`).join('');
        return [dir(`${at}${'d'.repeat(90)}`), link(`${at}${step}`, 'd'.repeat(90))];
      }),
      link('out', `${[...'abcdefghijklmnop'].join('/')}/${'../'.repeat(17)}outside`),
      file('out/escaped'),
    ],
    unsafe('entry "out" is a link to "a/b/c'),
  ],
  // Links that lead somewhere inside, and are written through.
  [
    'a link, and a file behind it',
    ['CVE-2001-1267', 'CVE-2021-38511', 'CVE-2025-45582'],
    () => [dir('d'), link('l', 'd'), file('l/a')],
    unsafe('entry "l/a" goes through a link ("l")'),
  ],
  ['a link to itself', [], () => [link('l', 'l'), file('l/a')], unsafe('entry "l/a" goes through a link ("l")')],
  [
    'links in a ring',
    [],
    () => [link('a', 'b'), link('b', 'a'), file('a/x')],
    unsafe('entry "a/x" goes through a link ("a")'),
  ],
  [
    'links to here in a row',
    ['CVE-2025-4517'],
    () => [link('a', '.'), link('a/b', '..'), file('a/b/escaped')],
    unsafe('entry "a/b" goes through a link ("a")'),
  ],
  [
    'a directory that is replaced by a link',
    ['CVE-2021-32803'],
    () => [dir('d'), link('d', '.'), file('d/a')],
    unsafe('entry "d" is a link where something else is already'),
  ],
  [
    'a directory with a backslash that is replaced by a link',
    ['CVE-2021-37701'],
    () => [dir('a\\b'), link('a\\b', '.'), file('a\\b/c')],
    unsafe('entry "a\\b" is a link where something else is already'),
  ],
  ['a link that is replaced by a directory', [], () => [link('d', '.'), dir('d')], unsafe('goes through a link ("d")')],
  [
    'a link that is replaced by a file',
    [],
    () => [link('l', 'a'), file('l')],
    unsafe('entry "l" is a file where a link is already'),
  ],
  [
    'a link that is replaced by another',
    [],
    () => [link('l', 'a'), link('l', 'b')],
    unsafe('entry "l" is a link where something else is already'),
  ],
  [
    'a link that is replaced by a node',
    [],
    () => [link('l', 'a'), node('pipe', 'l')],
    unsafe('entry "l" is a device or a pipe'),
  ],
  ['a link with a name under itself', [], () => [link('l', 'l/a')], harmless('l -> l/a')],
  ['a link to the whole', [], () => [link('a/l', '..'), file('b')], harmless('a/', 'a/l -> ..', 'b 1 0 x')],
  // Kinds and modes.
  ['a pipe', [], () => [node('pipe', 'p')], unsafe('entry "p" is a device or a pipe')],
  ['a device', [], () => [node('device', 'd')], unsafe('entry "d" is a device or a pipe')],
  [
    'the bits of another user',
    [],
    () => [file('a', 'x', 0o6777), file('b', 'x', 0o1000)],
    harmless('a 1 111 x', 'b 1 0 x'),
  ],
  // Names that come twice.
  ['a file twice', [], () => [file('a', 'first'), file('a', 'later')], harmless('a 1 0 later')],
  [
    'a file that is replaced by a directory',
    [],
    () => [file('a'), file('a/b')],
    unsafe('entry "a/b" goes through a file ("a")'),
  ],
  [
    'a directory that is replaced by a file',
    [],
    () => [file('a/b'), file('a')],
    unsafe('entry "a" is a file where a directory is already'),
  ],
  [
    'a file that is replaced by a link',
    [],
    () => [file('a'), link('a', 'b')],
    unsafe('entry "a" is a link where something else is already'),
  ],
  [
    'more files than anybody has',
    [],
    () => Array.from({ length: 150 }, (_, index) => file(`f${index}`, '')),
    unsafe('it holds more than 100 files'),
  ],
];

/** What cannot be said in a format: 7z has no sockets of tar, tar no sockets at all. */
const TYPES = {
  file: FILE & 0o170000,
  dir: 0o040000,
  link: LINK & 0o170000,
  pipe: 0o010000,
  device: 0o020000,
  socket: 0o140000,
};
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

export const ENTRIES: HostileCase[] = [
  ...ROWS,
  ['a socket', [], () => [node('socket', 's')], unsafe('entry "s" is a device or a pipe')] as Row,
].flatMap(([name, cves, entries, becomes]) =>
  Object.entries(FORMATS)
    .filter(([format]) => format !== 'x.tar' || name !== 'a socket')
    .map(([format, encode]) => ({
      name,
      file: format,
      cves,
      bytes: (outsideDir: string) => encode(entries(outsideDir)),
      becomes,
      ...(name.startsWith('more files') && { limits: { entries: 100 } }),
    })),
);
