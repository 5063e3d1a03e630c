import { expect, test } from 'vitest';
import type { Machine } from '../system/host.ts';
import { chooseFiles, normalizeVersion, parseWheel, sourceVersion } from './wheel.ts';

const DEBIAN: Machine = { os: 'linux', arch: 'x86_64', osVersion: '6.1', glibcVersion: '2.36' };
const ALPINE: Machine = { os: 'linux', arch: 'arm64', osVersion: '6.6' };
const MAC: Machine = { os: 'darwin', arch: 'arm64', osVersion: '14.5' };
const OLD_MAC: Machine = { os: 'darwin', arch: 'x86_64', osVersion: '10.15.7' };
const WINDOWS: Machine = { os: 'windows', arch: 'x86_64', osVersion: '10.0' };

const choose = (names: string[], machine: Machine) =>
  chooseFiles(
    names.map((name) => ({ name: `t-1-${name}` })),
    machine,
  ).map(({ name }) => name.slice('t-1-'.length));

const NINJA = [
  'py3-none-macosx_10_9_universal2.whl',
  'py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl',
  'py3-none-manylinux_2_12_x86_64.manylinux2010_x86_64.whl',
  'py3-none-musllinux_1_2_aarch64.whl',
  'py3-none-musllinux_1_2_x86_64.whl',
  'py3-none-win_amd64.whl',
  'py3-none-win_arm64.whl',
];

test('a wheel is chosen by operating system, processor and C library', () => {
  expect(choose(NINJA, DEBIAN)).toEqual([NINJA[2]]);
  expect(choose(NINJA, { ...DEBIAN, arch: 'arm64' })).toEqual([NINJA[1]]);
  expect(choose(NINJA, ALPINE)).toEqual([NINJA[3]]);
  expect(choose(NINJA, MAC)).toEqual([NINJA[0]]);
  expect(choose(NINJA, WINDOWS)).toEqual([NINJA[5]]);
  expect(choose(NINJA, { ...WINDOWS, arch: 'arm64' })).toEqual([NINJA[6]]);
});

test('a wheel that asks for a newer system than this is not taken; of the others the least demanding is', () => {
  const linux = ['py3-none-manylinux_2_28_x86_64.whl', 'py3-none-manylinux_2_31_x86_64.whl'];
  expect(choose(linux, DEBIAN)).toEqual([linux[0]]);
  expect(choose(linux, { ...DEBIAN, glibcVersion: '2.17' })).toEqual([]);
  expect(choose(['py3-none-linux_x86_64.whl', linux[0] as string], DEBIAN)).toEqual([linux[0]]);
  const mac = ['py3-none-macosx_10_9_x86_64.whl', 'py3-none-macosx_11_0_x86_64.whl', 'py3-none-macosx_12_0_arm64.whl'];
  expect(choose(mac, OLD_MAC)).toEqual([mac[0]]);
  expect(choose(mac, MAC)).toEqual([mac[2]]);
  expect(choose(['py3-none-macosx_10_9_universal2.whl', mac[2] as string], MAC)).toEqual([mac[2]]);
  expect(choose([mac[2] as string], { ...MAC, osVersion: '11.7' })).toEqual([]);
});

test('a wheel of the platform comes before one for all, that before one of an interpreter, and the source is last', () => {
  const pure = 'py2.py3-none-any.whl';
  const bound = 'cp312-cp312-manylinux_2_17_x86_64.whl';
  const source = [{ name: 't-1.zip' }, { name: 't-1.tar.gz' }];
  expect(choose([pure, bound, 'py3-none-manylinux1_x86_64.whl'], DEBIAN)).toEqual(['py3-none-manylinux1_x86_64.whl']);
  expect(choose([bound, pure], DEBIAN)).toEqual([pure]);
  expect(choose([bound, 'py2-none-any.whl'], DEBIAN)).toEqual([bound]);
  expect(chooseFiles([...source, { name: `t-1-${bound}` }], ALPINE)).toEqual([{ name: 't-1.tar.gz' }]);
});

test('several wheels that differ in their interpreter are all answered, each in its best build', () => {
  const names = [
    'cp39-abi3-manylinux_2_17_x86_64.whl',
    'cp39-abi3-manylinux_2_28_x86_64.whl',
    'cp312-cp312-manylinux_2_17_x86_64.whl',
    'cp312-cp312-musllinux_1_1_x86_64.whl',
    'cp27-cp27m-manylinux_2_17_x86_64.whl',
    'pp39-pypy39_pp73-manylinux_2_17_x86_64.whl',
  ];
  expect(choose(names, DEBIAN)).toEqual([names[2], names[0]]);
});

test('of several builds the highest is taken', () => {
  expect(choose(['2-py3-none-any.whl', '10-py3-none-any.whl', 'py3-none-any.whl'], DEBIAN)).toEqual([
    '10-py3-none-any.whl',
  ]);
});

test('names of files say their version', () => {
  expect(parseWheel('ziglang-0.13.0.post1-py3-none-any.whl')?.version).toBe('0.13.0.post1');
  expect(parseWheel('no-wheel.whl')).toBeUndefined();
  expect(parseWheel('a-1-2-3-py3-none-any.whl')).toBeUndefined();
  expect(sourceVersion('zope.interface-5.0.tar.gz', 'zope-interface')).toBe('5.0');
  expect(sourceVersion('backports-zoneinfo-0.2.1.zip', 'backports-zoneinfo')).toBe('0.2.1');
  expect(sourceVersion('backports-zoneinfo-0.2.1.zip', 'backports')).toBeUndefined();
  expect(sourceVersion('t-1.exe', 't')).toBeUndefined();
});

test('versions that are equal have one spelling', () => {
  const equal = (...versions: string[]) => expect(new Set(versions.map(normalizeVersion)).size, `${versions}`).toBe(1);
  equal('1', '1.0', 'v1.0.0', '01.00');
  equal('1.0rc1', '1.0-RC1', '1.0.c.1', '1pre1');
  equal('1.0a', '1.0alpha0', '1.0-a.0');
  equal('1.0.post2', '1.0-2', '1.0-r2', '1.0_rev2');
  equal('1.0.dev3', '1.0dev3', '1.0-DEV3');
  equal('1.0b1.dev3', '1.0.beta-1.dev3');
  equal('1.0+cu.118', '1.0+CU-118');
  const other = ['1', '10', '1.1', '1a1', '1b1', '1rc1', '1.post1', '1.dev1', '1+a', '1!1', '1.0a1.dev1', '1a1.post1'];
  expect(new Set(other.map(normalizeVersion)).size).toBe(other.length);
});
