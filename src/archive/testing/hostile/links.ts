// Links that lead out, links that are written through; and what is no file at all, or comes twice.
import { harmless, unsafe } from './case.ts';
import { dir, type EntryRow, file, link, node } from './entry.ts';

export const LINKS: EntryRow[] = [
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
  [
    'a socket',
    [],
    () => [node('socket', 's')],
    unsafe('entry "s" is a device or a pipe'),
    { formats: ['x.zip', 'x.7z'] },
  ],
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
    'one directory, again and again',
    [],
    () => Array.from({ length: 150 }, () => dir('d')),
    unsafe('it holds more than 100 files'),
    { limits: { entries: 100 } },
  ],
  [
    'more files than anybody has',
    [],
    () => Array.from({ length: 150 }, (_, index) => file(`f${index}`, '')),
    unsafe('it holds more than 100 files'),
    { limits: { entries: 100 } },
  ],
];
