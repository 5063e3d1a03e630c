// From where a tool installs to install_dir, and the proof that it did: what is missing, or lies where no asset is, would
// be found out only by whoever uses the package.
import path from 'node:path';
import { Failure } from '../../model/failure.ts';
import type { Call } from '../call.ts';

/** Does the install; afterwards there must be something in install_dir, and nothing at the final path. */
export async function demandInstalled(call: Call, install: () => Promise<void>): Promise<void> {
  const { files } = call.run.world;
  const { assetDir, installDir } = directories(call);
  // While an asset is repaired the broken one is still there.
  const wasThere = await files.exists(assetDir);
  await install();
  if (!wasThere && (await files.exists(assetDir))) {
    await files.removeTree(assetDir);
    throw misplaced(call, 'it installs into asset_dir itself', [
      'A tool that knows no DESTDIR has to install into install_dir:',
      'for make, install_variables: { PREFIX: "$(GALLEY_INSTALL_DIR)" } or whatever the makefile calls it',
    ]);
  }
  if ((await files.list(installDir)).length > 0) return;
  throw misplaced(call, 'it installs nothing', ['Name what to install, or write an install verb']);
}

/** Moves what was installed with this DESTDIR, all of which must be below asset_dir. */
export async function unwrap(destDir: string, call: Call): Promise<void> {
  const { files } = call.run.world;
  const { assetDir, installDir } = directories(call);
  if (!(await files.exists(destDir))) return;
  const root = path.join(destDir, assetDir);
  const inside = `${path.relative(destDir, root)}/`;
  const entries = await files.listTree(destDir);
  const outside = entries.filter((entry) => entry.kind !== 'dir' && !entry.path.startsWith(inside));
  if (outside.length > 0) {
    const shown = outside.slice(0, 5).map((entry) => `"/${entry.path}"`);
    const more = outside.length > shown.length ? ` and ${outside.length - shown.length} more` : '';
    throw misplaced(call, `it installs ${shown.join(', ')}${more}, outside of its prefix "${assetDir}"`, [
      'Give the tool the variables or arguments that lead these below the prefix',
    ]);
  }
  for (const name of await files.list(root)) await files.moveTree(path.join(root, name), path.join(installDir, name));
  await files.removeTree(destDir);
}

/** Moves the programs in a directory to `bin`; libraries and notes of the compiler stay. */
export async function placePrograms(fromDir: string, call: Call): Promise<void> {
  const { files } = call.run.world;
  const binDir = path.join(directories(call).installDir, 'bin');
  for (const name of await files.list(fromDir)) {
    const file = path.join(fromDir, name);
    const { kind, mode } = await files.stat(file);
    if (kind !== 'file' || (mode & 0o111) === 0 || /\.(so|dylib|dll|d)$/.test(name)) continue;
    await files.ensureDir(binDir);
    await files.moveTree(file, path.join(binDir, name));
  }
}

export async function linkIfThere({ target, path: link }: { target: string; path: string }, call: Call): Promise<void> {
  const { files } = call.run.world;
  if (!(await files.exists(target)) || (await files.exists(link))) return;
  await files.ensureDir(path.dirname(link));
  await files.symlink(target, link);
}

function directories({ dirs }: Call): { assetDir: string; installDir: string } {
  return dirs as Required<Call['dirs']>;
}

function misplaced({ pkg, logFile }: Call, what: string, hint: string[]): Failure {
  return new Failure('INSTALL_MISPLACED', `Cannot install ${pkg.label}: ${what}`, {
    hint: hint.join(' '),
    package: pkg.label,
    facts: { log: logFile },
  });
}
