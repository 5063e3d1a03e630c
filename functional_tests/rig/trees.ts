// Compares two assets that were made in different places or in different ways.
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';

/**
 * What two assets do not have in common but for their own paths, as relative names. The paths should be of one length:
 * where they stand in a program, everything behind them would have moved.
 */
export async function differences(oneDir: string, otherDir: string): Promise<string[]> {
  const [one, other] = [await contents(oneDir), await contents(otherDir)];
  const names = [...new Set([...one.keys(), ...other.keys()])].sort();
  return names.filter((name) => one.get(name) !== other.get(name));
}

/** Mode, and bytes or target, with another word for the asset itself. */
async function contents(assetDir: string): Promise<Map<string, string>> {
  const names = await readdir(assetDir, { recursive: true });
  const described = names.map(async (name) => [name, await describe(path.join(assetDir, name))] as const);
  const neutral = (text: string) => text.replaceAll(assetDir, '<asset>');
  return new Map((await Promise.all(described)).map(([name, text]) => [name, neutral(text)]));
}

async function describe(file: string): Promise<string> {
  const stat = await lstat(file);
  const mode = stat.mode.toString(8);
  if (stat.isSymbolicLink()) return `-> ${await readlink(file)}`;
  return stat.isDirectory() ? mode : `${mode} ${await readFile(file, 'latin1')}`;
}
