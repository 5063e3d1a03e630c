// Which launchers this checkout has placed, and as what, in `.galley/launchers.json`. Somebody may have checked one in, or
// have copied it with the project, so what it names is compared before it is touched. Losing it costs a warning, never a file.
import path from 'node:path';
import { findJson, isJsonObject, type Json } from '../model/json.ts';
import { unlessMissing } from '../system/errno.ts';
import { isBelow } from '../system/source.ts';
import { hasForm, isSameLauncher, type Launcher } from './launcher.ts';
import type { Project } from './project.ts';

const RECORD = 'launchers.json';

/** What a file was placed as: two launchers while one takes the place of the other, which a crash may come between. */
export type PlacedAs = readonly Launcher[];

export interface LauncherRecord {
  /** Absolute, without links on the way. */
  files: Map<string, PlacedAs | 'unknown'>;
  text: string | undefined;
}

/** Whether it is what we have placed: a record of an older galley tells only the name, and then the form decides. */
export function isPlaced(found: Launcher | 'other', placed: PlacedAs | 'unknown' | undefined): found is Launcher {
  if (placed === undefined || found === 'other' || !hasForm(found)) return false;
  return placed === 'unknown' || placed.some((launcher) => isSameLauncher(launcher, found));
}

/** @param binDir of the manifest, without links on the way */
export async function readLauncherRecord(project: Project, binDir: string): Promise<LauncherRecord> {
  const { manifest, stateDir, world } = project;
  const text = await world.files.findText(path.join(stateDir, RECORD));
  const value = findJson(text ?? '');
  const files: LauncherRecord['files'] = new Map();
  if (!isJsonObject(value)) return { files, text };
  const rows = isJsonObject(value.launchers) ? decode(value.launchers) : decodeNames(value);
  for (const [relative, placed] of rows.filter(([name]) => !name.includes('\0'))) {
    const named = path.resolve(manifest.rootDir, relative);
    const dir = await unlessMissing(world.files.realPath(path.dirname(named)));
    if (dir === undefined) continue;
    const isOurs = value.written_for === stateDir && dir === path.dirname(named);
    // What an older galley has placed outside the project, it has placed where the manifest said.
    const isManifests = dir === binDir && (value.written_for === stateDir || placed === 'unknown');
    // Launchers inside a project that was moved or copied have come along.
    if (isOurs || isManifests || dir === manifest.rootDir || isBelow(manifest.rootDir, dir))
      files.set(path.join(dir, path.basename(named)), placed);
  }
  return { files, text };
}

export function encodeLauncherRecord(placed: ReadonlyMap<string, PlacedAs>, { manifest, stateDir }: Project): string {
  const rows = [...placed].map(([file, as]) => [path.relative(manifest.rootDir, file), as] as const);
  const launchers = Object.fromEntries(rows.sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ written_for: stateDir, launchers })}\n`;
}

export async function writeLauncherRecord(text: string, { stateDir, world }: Project): Promise<void> {
  await world.files.ensureDir(stateDir);
  await world.files.writeIfChanged(path.join(stateDir, RECORD), text);
}

function decode(launchers: { [name: string]: Json }): [string, PlacedAs][] {
  return Object.entries(launchers).map(([relative, rows]) => [
    relative,
    (Array.isArray(rows) ? rows : []).flatMap((row): Launcher[] => {
      if (!isJsonObject(row)) return [];
      if (typeof row.link === 'string') return [{ link: row.link }];
      return typeof row.script === 'string' ? [{ script: row.script }] : [];
    }),
  ]);
}

/** As galley has written it before it kept what was placed: plain names in one directory. */
function decodeNames({ bin_dir, names }: { [name: string]: Json }): [string, 'unknown'][] {
  if (typeof bin_dir !== 'string' || !Array.isArray(names)) return [];
  const isName = (name: Json) =>
    typeof name === 'string' && !['', '.', '..'].includes(name) && path.basename(name) === name;
  return names.filter(isName).map((name) => [path.join(bin_dir, name as string), 'unknown']);
}
