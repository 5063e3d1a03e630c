// Another tool of this machine, and how it does the work that Galley is measured with. What is not here is what that tool
// does not do.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findTool } from '../../rig/toolbox.ts';
import type { Source } from '../archives.ts';
import type { Program } from '../stopwatch.ts';

export interface Peer {
  /** Of the program; a peer that is not on PATH is left out. */
  name: string;
  /** What the program prints of its version. */
  version: readonly string[];
  /** Nothing to do: how much that is, and what is said then. */
  noop?: { of: string; says: RegExp; prepare(home: Home, sources: readonly Source[]): Program };
  /** Making the whole graph from nothing. */
  cold?(home: Home): Program;
  /** The same, with all of it safe on the disk before it counts. */
  coldSynced?(home: Home): Program;
  /** Installing archives from a server, from nothing. */
  install?(home: Home, sources: readonly Source[]): Program;
}

/** A directory of one peer's own, in which it finds nothing of the person who measures. */
export class Home {
  readonly dir: string;
  readonly #env: Readonly<Record<string, string>>;

  constructor(dir: string, env: Readonly<Record<string, string>> = {}) {
    this.dir = dir;
    this.#env = { PATH: process.env.PATH ?? '', HOME: path.join(dir, 'home'), LANG: 'C.UTF-8', ...env };
    mkdirSync(path.join(dir, 'home'), { recursive: true });
    // Whatever looks for a repository stops here.
    mkdirSync(path.join(dir, '.git'), { recursive: true });
  }

  /** The same place with variables more. */
  with(env: Readonly<Record<string, string>>): Home {
    return new Home(this.dir, { ...this.#env, ...env });
  }

  at(...names: string[]): string {
    return path.join(this.dir, ...names);
  }

  write(name: string, text: string): void {
    mkdirSync(path.dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), text);
  }

  program(argv: readonly string[], before?: Program['before']): Program {
    return { argv, cwd: this.dir, env: this.#env, ...(before && { before }) };
  }
}

/** The version of a peer, or undefined where it is not installed. */
export function findVersion({ name, version: [file = '', ...args] }: Peer, cwd: string): string | undefined {
  if (findTool(name) === undefined) return undefined;
  const { stdout, stderr } = spawnSync(file, args, { cwd, encoding: 'utf8' });
  return /\d+(?:\.\d+)+/.exec(stdout + stderr)?.[0] ?? 'of unknown version';
}
