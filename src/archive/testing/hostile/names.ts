// Names that lead out, that do so on other systems, and that are strange.
import { harmless, invalid, unsafe } from './case.ts';
import { dir, type EntryRow, file, link } from './entry.ts';

export const NAMES: EntryRow[] = [
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
];
