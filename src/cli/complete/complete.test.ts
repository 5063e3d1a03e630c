import { expect, test } from 'vitest';
import { COMMANDS } from '../catalog.ts';
import { complete } from './complete.ts';
import { splitLine } from './line.ts';
import { nameOf } from './options.ts';

const project = () => ({
  packages: ['acme.gcc@r1', 'acme.gcc@r2', 'acme.zlib@r1', 'other.png@r1', 'own.png@r1', 'own.a.b@r1'],
  products: ['cc', 'c++'],
});

/** What is offered for a line, and after a bar what the shell adds. */
function offered(line: string): string {
  const { candidates, addition } = complete(splitLine(`galley ${line}`), project);
  return `${candidates.map(({ value }) => value).join(' ')} | ${addition}`;
}

test.each([
  ['gra', 'graph | nothing'],
  ['-q gra', 'graph | nothing'],
  ['--jobs 4 gra', 'graph | nothing'],
  ['cache ver', 'verify | nothing'],
  ['help gra', 'graph | nothing'],
  ['nonsense ', ' | nothing'],
  ['nonsense --j', ' | nothing'],
  ['why zl', 'zlib | nothing'],
  ['why gc', ' | nothing'],
  ['why acme.gcc', 'acme.gcc@r1 acme.gcc@r2 | nothing'],
  ['why pn', ' | nothing'],
  ['why own.', 'own.png own.a.b | nothing'],
  ['why a.', ' | nothing'],
  ['why zlib z', ' | nothing'],
  ['sync zlib z', ' | nothing'],
  ['graph --format dot zl', 'zlib | nothing'],
  ['graph --format ', 'text dot mermaid json | nothing'],
  ['graph --format=me', '--format=mermaid | nothing'],
  ['graph --for', '--format | nothing'],
  ['why --re', '--rebuild --reporter | nothing'],
  ['build --output-strategy project,', 'project,cache project,memory | nothing'],
  ['sync --output-s', ' | nothing'],
  ['build --platform win', 'windows-x86_64 windows-arm64 | nothing'],
  ['lock --platform all,lin', 'all,linux-x86_64 all,linux-arm64 | nothing'],
  ['sync --fail', '--fail-fast | nothing'],
  ['sync --keep', '--keep-going | nothing'],
  ['sync --no-o', '--no-offline | nothing'],
  ['build --verify', ' | nothing'],
  ['build --no-verify', '--no-verify-copy | nothing'],
  ['hook ', 'bash zsh fish | nothing'],
  ['run c', 'cc c++ | commands'],
  ['run cc --he', ' | files'],
  ['run -- c', 'cc c++ | commands'],
  ['product ', 'cc c++ | nothing'],
  ['extract ', ' | files'],
  ['init ', ' | directories'],
  ['--cache-root ', ' | directories'],
  ['shell --in z', 'zlib | nothing'],
  ['version ', ' | nothing'],
])('"galley %s" can go on with: %s', (line, expected) => {
  expect(offered(line)).toBe(expected);
});

test('what is offered says what it means', () => {
  const { candidates } = complete(['why', 'zl'], project);
  expect(candidates).toEqual([{ value: 'zlib', meaning: 'acme.zlib@r1' }]);
  expect(complete(['sync', '--no-off'], project).candidates).toEqual([
    { value: '--no-offline', meaning: 'The opposite of --offline' },
  ]);
});

test.each([
  ['galley ', ['']],
  ['galley why zl', ['why', 'zl']],
  ['galley "a b" \'c d', ['a b', 'c d']],
  ['galley a\\ b "" x\\', ['a b', '', 'x']],
  ['galley  why   ', ['why', '']],
])('the words of %j are %j', (line, words) => {
  expect(splitLine(line)).toEqual(words);
});

test('every place that a command has is completed, or known to be anything', () => {
  const places = COMMANDS.flatMap(({ name, arguments: args, flags }) => [
    ...args.filter(({ choices }) => !choices).map((argument) => `${name} ${nameOf(argument.name)}`),
    ...flags.flatMap(({ flag }) => (flag.includes('<') ? [`${name} ${nameOf(flag.split(' ')[1] as string)}`] : [])),
  ]);
  const open = places.filter((place) => {
    const line = place.split(' ');
    const command = line.slice(0, -1).join(' ');
    const row = COMMANDS.find(({ name }) => name === command);
    const index = row?.arguments.findIndex(({ name }) => nameOf(name) === line.at(-1)) ?? -1;
    const flag = row?.flags.find((one) => one.flag.includes(`<${line.at(-1)}>`))?.flag.split(' ')[0];
    const words = [...command.split(' '), ...(index < 0 ? [flag ?? ''] : Array<string>(index).fill('x')), ''];
    const { candidates, addition } = complete(words, project);
    return candidates.length === 0 && addition === 'nothing';
  });
  const anything = ['n', 'digest', 'revision', 'glob', 'identity', 'size', 'age', 'name', 'factor'];
  expect(open.filter((place) => !anything.includes(place.split(' ').at(-1) as string))).toEqual([]);
});
