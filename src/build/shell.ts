// Which shell runs the scripts of a package, what its command line is, and what of it goes into keys.
import path from 'node:path';
import type { Dependency } from '../model/dependency.ts';
import { Failure } from '../model/failure.ts';
import { matchesQuery } from '../model/identity.ts';
import type { Json } from '../model/json.ts';
import type { Shell } from '../model/manifest.ts';
import type { Phase } from '../model/phase.ts';
import { Problems } from '../model/problems.ts';
import type { Recipe } from '../model/recipe.ts';
import { parseShell } from '../recipe/answer.ts';
import { sha256OfBytes } from '../system/digest.ts';
import type { Call } from './call.ts';
import { identityOf } from './graph.ts';
import { entryRef } from './keying.ts';
import { loadedOf, type Package } from './package.ts';
import { request } from './wiring.ts';
import type { Run } from './world.ts';

/** The shell of the default shell's own closure. */
const PLATFORM_SHELL: Shell = { form: 'named', name: 'bash' };

/** An argument may have 128 KiB on Linux; a longer script goes through a file. */
const LONGEST_ARGUMENT = 96 * 1024;

const NAMED = {
  bash: { inline: ['bash', '-e', '-c'], file: ['bash', '-e'], ext: '.sh' },
  sh: { inline: ['sh', '-e', '-c'], file: ['sh', '-e'], ext: '.sh' },
  powershell: {
    inline: ['powershell', '-NoProfile', '-Command'],
    file: ['powershell', '-NoProfile', '-File'],
    ext: '.ps1',
  },
  cmd: { inline: ['cmd', '/d', '/c'], file: ['cmd', '/d', '/c'], ext: '.cmd' },
};

/** The command line that runs a script; a script that needs a file is written to the call's tmp_dir. */
export async function shellArgv(shell: Shell, script: string, { dirs, run }: Call): Promise<string[]> {
  const inFile = async (argv: readonly string[], ext: string): Promise<string[]> => {
    const file = path.join(dirs.tmpDir, `script-${sha256OfBytes(script).slice(0, 12)}${ext}`);
    await run.world.files.writeIfChanged(file, `${script}\n`);
    return [...argv, file];
  };
  if (shell.form === 'file') return inFile(shell.argv, shell.ext);
  if (shell.form === 'inline') return [...shell.argv, script];
  const { inline, file, ext } = NAMED[shell.name];
  return Buffer.byteLength(script) > LONGEST_ARGUMENT ? inFile(file, ext) : [...inline, script];
}

/** The project's default shell, evaluated once when the first package needs it; the platform's for its own closure. */
export async function shellFor(pkg: Package, run: Run): Promise<Shell> {
  const { defaultShell } = run.manifest;
  if (pkg.servesShell) return PLATFORM_SHELL;
  if (defaultShell.form !== 'function') return defaultShell;
  run.shell ??= evaluateShell(run);
  return run.shell;
}

/** What the default shell adds to the key of a package that has verbs; nothing for one that has none. */
export async function shellKey(pkg: Package, run: Run): Promise<Json | undefined> {
  if (!hasPayloadVerb(loadedOf(pkg).recipe)) return undefined;
  let text = JSON.stringify(await shellFor(pkg, run));
  // Where the cache lies is no part of a key.
  for (const shell of pkg.servesShell ? [] : shellPackages(run)) {
    const ref = entryRef(shell, run);
    text = text.replaceAll(run.world.cache.layout.assetDir(ref), `${ref.identity} ${ref.key}`);
  }
  return text;
}

/** Makes a package that runs scripts wait for the packages that its shell comes from. */
export function connectShell(pkg: Package, run: Run): void {
  const { recipe } = loadedOf(pkg);
  const { fetch, check, setup, deploy } = recipe;
  if (hasVerb(recipe)) connectShellTo(pkg, 'resolve', run, 'resolve');
  if (fetch?.form === 'function' && !run.world.policy.onlyLooks) connectShellTo(pkg, 'resolve', run);
  if (hasPayloadVerb(recipe)) connectShellTo(pkg, 'fetch', run);
  if (check) connectShellTo(pkg, 'check', run);
  if (Object.keys(setup).length > 0) connectShellTo(pkg, 'setup', run);
  if (deploy) connectShellTo(pkg, 'deploy', run);
}

/** One phase of a package waits for the shell: until it is there, or only until its path is known. */
export function connectShellTo(pkg: Package, neededBy: Phase, run: Run, through: Phase = 'setup'): void {
  if (pkg.servesShell) return;
  for (const { id } of shellPackages(run)) run.ladder.link({ from: pkg.id, to: id, neededBy, through });
}

/** Evaluates the shell before a verb occupies a worker of the sandbox: inside one it could wait for itself. */
export async function settleShell(pkg: Package, run: Run): Promise<void> {
  if (hasVerb(loadedOf(pkg).recipe)) await shellFor(pkg, run);
}

/** The packages that the default shell names, now part of the graph. */
export function shellPackages(run: Run): Package[] {
  const { defaultShell, file } = run.manifest;
  if (defaultShell.form !== 'function') return [];
  return defaultShell.dependencies.map((dependency) => {
    const wanted = requestOf(dependency);
    return request(
      run,
      wanted,
      { file, path: ['default_shell', 'dependencies', dependency.index], scope: run.manifest },
      true,
    );
  });
}

/** Only packages in full: the shell must not depend on what else is in the graph. */
function requestOf(dependency: Dependency) {
  if (dependency.kind === 'strong') return dependency.request;
  throw new Failure('INVALID_VALUE', 'A dependency of "default_shell" names a query, expected a recipe');
}

/** Asset paths are known from the keys, so the shell is known before anything is built. */
async function evaluateShell(run: Run): Promise<Shell> {
  const { defaultShell, file, rootDir } = run.manifest;
  const { cache, platform, sandbox, signal } = run.world;
  if (defaultShell.form !== 'function') return defaultShell;
  const packages = shellPackages(run);
  const answer = await sandbox.call({
    module: { entryFile: file, rootDir },
    path: defaultShell.shell.path,
    facts: { platform: { os: platform.os, arch: platform.arch } },
    methods: ['asset'],
    verb: 'default_shell.shell',
    signal,
    host: async (_method, [query]) => {
      const found = packages.find((pkg) => matchesQuery(String(query), identityOf(pkg)));
      if (found) return cache.layout.assetDir(entryRef(found, run));
      throw new Failure(
        'UNDECLARED_DEPENDENCY',
        `Cannot answer asset "${String(query)}" to default_shell: no dependency offers it`,
      );
    },
  });
  const parsed = parseShell(answer ?? null, file);
  if (parsed.value === undefined) throw new Problems(parsed.problems);
  return parsed.value;
}

function hasVerb(recipe: Recipe): boolean {
  const { check, setup, deploy } = recipe;
  return hasPayloadVerb(recipe) || check !== undefined || deploy !== undefined || Object.keys(setup).length > 0;
}

function hasPayloadVerb(recipe: Recipe): boolean {
  const { fetch, stage, build, install } = recipe;
  return (
    fetch?.form === 'function' ||
    (stage !== undefined && stage.form !== 'unpack') ||
    (build !== undefined && build.form !== 'declarative') ||
    install !== undefined
  );
}
