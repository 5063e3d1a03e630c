// Hard links, which only a tar has, and ends that are none.
import { END } from '../tars.ts';
import { harmless, invalid, type TarRow, unsafe } from './case.ts';
import { A, a, dir, hard, soft } from './tar-members.ts';

export const HARD_LINKS: TarRow[] = [
  [
    'a hard link that climbs',
    ['CVE-2024-12905', 'CVE-2026-24842'],
    () => [hard('h', '../outside/secret')],
    unsafe('which leaves the directory'),
  ],
  [
    'a hard link that is absolute',
    ['CVE-2026-23745'],
    (out) => [hard('h', `${out}/secret`)],
    unsafe('which has an absolute path'),
  ],
  [
    'a hard link with a drive that climbs',
    [],
    () => [hard('h', 'C:../outside/secret')],
    invalid('which was not unpacked before'),
  ],
  [
    'a hard link out of here, and a file of its name',
    ['CVE-2018-20834', 'CVE-2018-20990'],
    (out) => [hard('h', `${out}/secret`), { name: 'h', content: 'overwritten' }],
    unsafe('which has an absolute path'),
  ],
  [
    'a hard link through a link',
    ['CVE-2025-48387', 'CVE-2026-26960'],
    () => [dir('d'), { name: 'd/f', content: 'x' }, soft('l', 'd'), hard('h', 'l/f')],
    unsafe('entry "h" is a hard link to "l/f", which goes through a link ("l")'),
  ],
  [
    'a hard link to a link, in a place from where it would lead out',
    [],
    () => [soft('a/b/l', '../../x'), hard('l', 'a/b/l')],
    unsafe('entry "l" is a link to "../../x", which leaves the directory'),
  ],
  [
    'a hard link to a directory',
    [],
    () => [dir('d'), hard('h', 'd')],
    unsafe('entry "h" is a hard link to "d", which is no file'),
  ],
  ['a hard link to itself', [], () => [hard('h', 'h')], invalid('which was not unpacked before')],
  ['hard links in a ring', [], () => [hard('h', 'i'), hard('i', 'h')], invalid('which was not unpacked before')],
  [
    'a file over a second name of another',
    [],
    () => [a, hard('h', 'a'), { name: 'h', content: 'y' }],
    harmless(A, 'h 1 0 y'),
  ],
  [
    'a hard link with a content for what it leads to',
    ['CVE-2016-5418'],
    () => [a, { ...hard('h', 'a'), content: 'overwritten' }],
    invalid('No header of a tar where one belongs'),
  ],
  [
    'a hard link with the size of what it leads to',
    [],
    () => [a, { ...hard('h', 'a'), size: 700 }, { name: 'b' }],
    harmless('a 2 0 x', 'b 1 0 ', 'h 2 0 x'),
  ],
];

export const ENDS: TarRow[] = [
  ['a second tar behind the end', [], () => [a, END, { name: '../escaped' }], harmless(A)],
  ['garbage behind the end', [], () => [a, END, Buffer.alloc(512, 'z')], harmless(A)],
  ['one block of zeros, and more files', [], () => [a, Buffer.alloc(512), { name: 'b' }], harmless(A)],
  ['nothing at all', [], () => [], harmless()],
];
