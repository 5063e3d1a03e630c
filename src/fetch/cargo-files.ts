// The files of cargo's configuration, value by value: the directory of the project, those above it, the home. Knows
// nothing of what the values mean.
import path from 'node:path';
import { Failure } from '../model/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import type { Files } from '../system/files.ts';

export interface CargoValue {
  value: string;
  /** What a relative path in it starts at. */
  baseDir: string;
  /** Of the person, and not of the project. */
  isOwn: boolean;
}

/** The strongest file that has a value decides; a list of words is one text. */
export interface FindValue {
  (...names: string[]): CargoValue | undefined;
  /** In the files of the person alone. */
  own(...names: string[]): CargoValue | undefined;
}

interface Table extends Omit<CargoValue, 'value'> {
  values: JsonObject;
}

export interface CargoOptions {
  files: Files;
  env: Readonly<Record<string, string | undefined>>;
  projectDir: string;
}

/** @throws Failure INVALID_VALUE when a file is not TOML */
export async function readCargoFiles({ files, env, projectDir }: CargoOptions): Promise<FindValue> {
  const home = env.CARGO_HOME ?? (env.HOME && path.join(env.HOME, '.cargo'));
  const dirs = ancestors(projectDir).map((dir) => path.join(dir, '.cargo'));
  const read = async (dir: string, name: string): Promise<Table | undefined> => {
    // Older versions of cargo wrote the name without its ending, and it still counts first.
    const values =
      (await readToml(path.join(dir, name), files)) ?? (await readToml(path.join(dir, `${name}.toml`), files));
    return values && { values, baseDir: path.dirname(dir), isOwn: dir === home };
  };
  const ofHome = home === undefined ? [] : [read(home, 'config'), read(home, 'credentials')];
  const ofProject = dirs.filter((dir) => dir !== home).map((dir) => read(dir, 'config'));
  const tables = (await Promise.all([...ofProject, ...ofHome])).filter((table) => table !== undefined);
  const own = tables.filter(({ isOwn }) => isOwn);
  return Object.assign((...names: string[]) => findIn(tables, names), {
    own: (...names: string[]) => findIn(own, names),
  });
}

/** Value by value, not file by file: a project may choose the mirror and the user's home have its token. */
function findIn(tables: readonly Table[], names: readonly string[]): CargoValue | undefined {
  for (const { values, ...origin } of tables) {
    const value = textOf(valueAt(values, names));
    if (value !== undefined) return { value, ...origin };
  }
  return undefined;
}

function valueAt(values: JsonObject, names: readonly string[]): Json | undefined {
  return names.reduce<Json | undefined>(
    (inner, name) => (isJsonObject(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined),
    values,
  );
}

function textOf(value: Json | undefined): string | undefined {
  if (Array.isArray(value) && value.every((word) => typeof word === 'string')) return value.join(' ');
  return typeof value === 'string' ? value : undefined;
}

function ancestors(dir: string): string[] {
  const parent = path.dirname(dir);
  return parent === dir ? [dir] : [dir, ...ancestors(parent)];
}

async function readToml(file: string, files: Files): Promise<JsonObject | undefined> {
  const text = await files.findText(file);
  if (text === undefined) return undefined;
  const { parse } = await import('smol-toml');
  try {
    // Dates are the only values of TOML that JSON lacks, and nothing here asks for one.
    return parse(text) as JsonObject;
  } catch (error) {
    const [reason = ''] = (error as Error).message.split('\n');
    throw new Failure('INVALID_VALUE', `Cannot read "${file}": ${reason}`, { facts: { path: file }, cause: error });
  }
}
