// Galley beside the tools that people use today, in one run and on the same work: nothing to do, a graph of a hundred
// made from nothing, and twenty archives installed from nothing.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { type Source, serveArchives } from '../archives.ts';
import { BenchProject, fetchingFiles } from '../projects.ts';
import { type Row, rowOf } from '../row.ts';
import { type Program, timeInTurns, timeOnce } from '../stopwatch.ts';
import { bareNode } from './bare-node.ts';
import { mise } from './mise.ts';
import { ninja } from './ninja.ts';
import { nix } from './nix.ts';
import { createGraphProject } from './ours.ts';
import { findVersion, Home, type Peer } from './peer.ts';
import { wireit } from './wireit.ts';
import { pnpm, turbo } from './workspaces.ts';

const PEERS: readonly Peer[] = [nix, mise, ninja, turbo, wireit, pnpm];

/** Starts are short and many rounds cheap. */
const SHORT = 3;

export interface Places {
  /** Without a disk, where that can be had. */
  dir: string;
  /** With one, for the row that says what it costs to be safe. */
  diskDir: string;
}

export interface Comparison {
  rows: Row[];
  /** Name → version of those that are installed; undefined for the others. */
  versions: Record<string, string | undefined>;
}

/** Another tool, ready to be timed. */
interface Rival {
  name: string;
  /** What it does there. */
  of: string;
  program: Program;
  /** The most that ours may take, in times of theirs. */
  most?: number | undefined;
}

export async function comparePeers({ dir, diskDir }: Places, rounds: number): Promise<Comparison> {
  const found = PEERS.map((peer) => ({ peer, version: findVersion(peer, dir) }));
  const present = [...found.flatMap(({ peer, version }) => (version === undefined ? [] : [peer])), bareNode];
  await using archives = await serveArchives(path.join(dir, 'archives'));
  const sources = archives.sources('tar.gz');
  const rivals = (work: string, most: Record<string, number>, under: string, start: Start): Rival[] =>
    present.flatMap((peer) => {
      const program = start(peer, new Home(path.join(under, work, peer.name)));
      return program === undefined
        ? []
        : [
            {
              name: peer.name,
              of: work === 'noop' ? `${peer.name}, ${peer.noop?.of}` : peer.name,
              program,
              most: most[peer.name],
            },
          ];
    });
  const rows = [
    ...(await noop(
      path.join(dir, 'noop/ours'),
      rivals('noop', { 'nix-build': 1, mise: 0.5 }, dir, (peer, home) => provenNoop(peer, home, sources)),
      rounds * SHORT,
    )),
    ...(await beside(
      { what: 'cold graph of 100', ours: ourCold(path.join(dir, 'cold/ours')), rounds },
      rivals('cold', { 'nix-build': 2 }, dir, (peer, home) => peer.cold?.(home)),
    )),
    ...(await beside(
      { what: 'cold graph of 100, synced to a disk', ours: ourCold(path.join(diskDir, 'synced/ours')), rounds },
      rivals('synced', {}, diskDir, (peer, home) => peer.coldSynced?.(home)),
    )),
    ...(await beside(
      { what: 'install of 20 tar.gz', ours: ourInstall(path.join(dir, 'install/ours'), sources), rounds },
      rivals('install', { mise: 1 }, dir, (peer, home) => peer.install?.(home, sources)),
    )),
  ];
  return { rows, versions: Object.fromEntries(found.map(({ peer, version }) => [peer.name, version])) };
}

type Start = (peer: Peer, home: Home) => Program | undefined;

/** Twice: as the launcher of a project answers, and node alone. */
async function noop(dir: string, rivals: readonly Rival[], rounds: number): Promise<Row[]> {
  const project = createGraphProject(dir);
  const launcher = project.galleyw(['sync']);
  // What a run has written may be too young for the next one to trust it.
  for (let run = 0; run < 3; run++) await timeOnce(launcher);
  prove(launcher, /up to date/);
  const ofNode = rivals.map((rival) => ({ ...rival, most: undefined }));
  return [
    ...(await beside({ what: 'no-op of 100, by galleyw', ours: launcher, rounds }, rivals)),
    ...(await beside({ what: 'no-op of 100, by node', ours: project.galley(['sync']), rounds }, ofNode)),
  ];
}

/** Made once, and found to have nothing to do: whoever is quick because something else went on is found out. */
function provenNoop({ noop }: Peer, home: Home, sources: readonly Source[]): Program | undefined {
  if (noop === undefined) return undefined;
  const program = noop.prepare(home, sources);
  run(program);
  prove(program, noop.says);
  return program;
}

function prove(program: Program, says: RegExp): void {
  const said = run(program);
  if (!says.test(said)) throw new Error(`${program.argv.join(' ')} does not say ${says}, but:\n${said}`);
}

function run({ argv: [file = '', ...args], cwd, env }: Program): string {
  const { stdout, stderr } = spawnSync(file, args, { cwd, env, encoding: 'utf8' });
  return stdout + stderr;
}

function ourCold(dir: string): Program {
  const project = createGraphProject(dir);
  return project.galley(['sync'], () => project.forgetAll());
}

function ourInstall(dir: string, sources: readonly Source[]): Program {
  const project = new BenchProject(dir, fetchingFiles(sources));
  return project.galley(['sync'], () => project.forgetAll());
}

/** One row for each rival, all of them in the same rounds. */
async function beside(
  { what, ours, rounds }: { what: string; ours: Program; rounds: number },
  rivals: readonly Rival[],
): Promise<Row[]> {
  if (rivals.length === 0) return [];
  const programs = Object.fromEntries(rivals.map(({ name, program }) => [name, program]));
  const timesOf = await timeInTurns({ ours, ...programs }, rounds);
  return rivals.map(({ name, of, most }) =>
    rowOf({
      ...{ what, ours: timesOf('ours'), floor: timesOf(name), against: of, as: 'ratio' },
      ...(most !== undefined && { most }),
    }),
  );
}
