// What everybody's programs pack we unpack as they do: trees of all that exists, packed by each of them in each of their
// formats, unpacked by them and by us, and compared file by file.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unpackFile } from '../src/archive/archive.ts';
import { createFiles } from '../src/system/files.ts';
import { Chance } from './rig/chance.ts';
import { removeAll } from './rig/disk.ts';
import { isLong, rounds } from './rig/rounds.ts';
import { makeWildTree } from './rig/wild-tree.ts';

type Tree = 'wild' | 'tame' | 'real';
/** A shell is needed for none of them; `@` becomes the archive. */
type Command = string[];
interface Program {
  name: string;
  tree: Tree;
  file: string;
  pack: Command;
  /** By default as it was packed by tar. */
  unpack?: Command;
  /** It packs a file with two names as two files. */
  losesHardLinks?: boolean;
}

const PYTHON = `import sys, tarfile
tar = tarfile.open(sys.argv[1], 'w', format=getattr(tarfile, sys.argv[2]))
tar.add('.')
tar.close()`;
const UNTAR = ['tar', '-xpf', '@'];
/** Control characters stay in names, and so does what would be a version on VMS. */
const UNZIP = ['unzip', '-q', '-^', '-V', '@'];
/** Links that climb and links to the root are dangerous to it, also inside; at this level none is. */
const UN7ZIP = ['7zz', 'x', '-snl', '-snld20', '-bso0', '-bsp0', '@'];

const tar = (tree: Tree, ...args: string[]): Program => ({
  name: `tar ${args.join(' ')}`,
  tree,
  file: 'a.tar',
  pack: ['tar', ...args, '-cf', '@', '.'],
});
const bsdtar = (tree: Tree, ...args: string[]): Program => ({
  ...tar(tree),
  name: `bsdtar ${args.join(' ')}`,
  pack: ['bsdtar', ...args, '-cf', '@', '.'],
});
const python = (tree: Tree, format: string): Program => ({
  ...tar(tree),
  name: `Python, ${format}`,
  pack: ['python3', '-c', PYTHON, '@', format],
});

const PROGRAMS: Program[] = [
  tar('tame', '--format=v7'),
  tar('tame', '--format=ustar'),
  tar('wild', '--format=oldgnu'),
  tar('wild', '--format=gnu'),
  tar('wild', '--format=gnu', '--sparse'),
  tar('wild', '--format=pax'),
  ...['0.0', '0.1', '1.0'].map((version) => tar('wild', '--format=pax', '--sparse', `--sparse-version=${version}`)),
  tar('wild', '--format=gnu', '--label=all of it'),
  tar('wild', '--format=pax', '--pax-option=globexthdr.name=g,comment=for all'),
  {
    ...tar('wild', '--format=gnu', '--listed-incremental=@.list'),
    unpack: ['tar', '--listed-incremental=/dev/null', '-xpf', '@'],
  },
  bsdtar('wild', '--format=pax'),
  bsdtar('wild', '--format=gnutar'),
  bsdtar('tame', '--format=ustar'),
  bsdtar('tame', '--format=v7'),
  python('wild', 'PAX_FORMAT'),
  python('wild', 'GNU_FORMAT'),
  python('tame', 'USTAR_FORMAT'),
  { name: 'zip', tree: 'wild', file: 'a.zip', pack: ['zip', '-qry', '@', '.'], unpack: UNZIP, losesHardLinks: true },
  {
    name: 'zip without packing',
    tree: 'tame',
    file: 'a.zip',
    pack: ['zip', '-qry0', '@', '.'],
    unpack: UNZIP,
    losesHardLinks: true,
  },
  {
    name: 'bsdtar, zip',
    tree: 'tame',
    file: 'a.zip',
    pack: ['bsdtar', '--format=zip', '-cf', '@', '.'],
    unpack: UNZIP,
    losesHardLinks: true,
  },
  {
    name: '7zz, zip',
    tree: 'tame',
    file: 'a.zip',
    pack: ['7zz', 'a', '-snl', '-bso0', '-bsp0', '@', '.'],
    unpack: UN7ZIP,
    losesHardLinks: true,
  },
  {
    name: '7zz',
    tree: 'wild',
    file: 'a.7z',
    pack: ['7zz', 'a', '-snl', '-mx=1', '-bso0', '-bsp0', '@', '.'],
    unpack: UN7ZIP,
    losesHardLinks: true,
  },
  { ...tar('real', '--format=gnu'), name: 'tar of a real tree' },
  { ...tar('real', '--format=pax'), name: 'tar of a real tree, pax' },
  {
    name: 'zip of a real tree',
    tree: 'real',
    file: 'a.zip',
    pack: ['zip', '-qry', '@', '.'],
    unpack: UNZIP,
    losesHardLinks: true,
  },
];

const chance = new Chance();
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'galley-agreement-'));
  makeWildTree(path.join(dir, 'wild'), { entries: rounds(300, 6_000), isTame: false }, chance);
  makeWildTree(path.join(dir, 'tame'), { entries: rounds(200, 4_000), isTame: true }, chance);
  mkdirSync(path.join(dir, 'real'));
  for (const real of isLong
    ? ['/usr/include', '/usr/share/doc', 'node_modules/typescript', 'node_modules/zod', 'docs', 'src']
    : ['docs', 'src/archive'])
    cpSync(real, path.join(dir, 'real', path.basename(real)), { recursive: true, verbatimSymlinks: true });
  removeLinksOut(path.join(dir, 'real'));
  process.stdout.write(`agreement on ${countEntries(dir)} entries, seed ${chance.seed}\n`);
});
afterAll(() => removeAll(dir));

test.each(PROGRAMS.map((program) => [program.name, program] as const))('agrees with %s', async (_, program) => {
  const { tree, file, pack, unpack = UNTAR, losesHardLinks = false } = program;
  const archive = path.join(dir, file);
  const [theirs, ours] = [path.join(dir, 'theirs'), path.join(dir, 'ours')];
  for (const made of [archive, `${archive}.list`, theirs, ours]) rmSync(made, { recursive: true, force: true });
  for (const made of [theirs, ours]) mkdirSync(made);
  run(pack, archive, path.join(dir, tree));
  run(unpack, archive, theirs);
  const options = { files: createFiles(), signal: new AbortController().signal, limits: { harmlessBytes: 2 ** 33 } };
  await unpackFile(archive, ours, options);
  const [their, our] = [describeTree(theirs), describeTree(ours)];
  expect(our.lines, `seed ${chance.seed}`).toEqual(their.lines);
  if (!losesHardLinks) expect(our.sameFiles, `seed ${chance.seed}`).toEqual(their.sameFiles);
  expect(our.lines.length).toBeGreaterThan(100);
});

function run([program = '', ...args]: Command, archive: string, cwd: string): void {
  const env = { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' };
  execFileSync(
    program,
    args.map((arg) => arg.replace('@', archive)),
    { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] },
  );
}

/** A line for each entry, and which of them are one file. */
function describeTree(root: string): { lines: string[]; sameFiles: string[][] } {
  const byInode = new Map<number, string[]>();
  const lines = walk(root).map((name) => {
    const file = path.join(root, name);
    const stat = lstatSync(file);
    if (stat.isSymbolicLink()) return `${name} -> ${readlinkSync(file)}`;
    if (stat.isDirectory()) return `${name}/`;
    if (stat.nlink > 1) byInode.set(stat.ino, [...(byInode.get(stat.ino) ?? []), name]);
    const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
    // Set-id bits and who may write are not kept, as documented.
    return `${name} ${(stat.mode & 0o111).toString(8)} ${stat.size} ${digest}`;
  });
  return { lines, sameFiles: [...byInode.values()].sort((a, b) => ((a[0] as string) < (b[0] as string) ? -1 : 1)) };
}

/** By hand: `readdir` of Node, when recursive, walks along links to directories. */
function walk(root: string, prefix = ''): string[] {
  return readdirSync(path.join(root, prefix), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((one) => {
      const name = path.join(prefix, one.name);
      return one.isDirectory() ? [name, ...walk(root, name)] : [name];
    });
}

/** On a machine there are links out of everything; archives with them are refused, which others show. */
function removeLinksOut(root: string): void {
  for (const name of walk(root)) {
    const file = path.join(root, name);
    if (!lstatSync(file).isSymbolicLink()) continue;
    const target = readlinkSync(file);
    const leads = path.resolve(path.dirname(file), target);
    if (path.isAbsolute(target) || !leads.startsWith(`${root}/`) || /[^./][^/]*\/\.\.(\/|$)/.test(target)) rmSync(file);
  }
}

const countEntries = (root: string): number => walk(root).length;
