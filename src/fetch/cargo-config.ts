// The configuration of cargo, as far as it says which registry stands in for crates.io and with which token.
import path from 'node:path';
import { Failure } from '../model/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import type { Files } from '../system/files.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface CrateRegistry {
  /** Address of the sparse index, ends in `/`. */
  index: string;
  /** A header's value, as cargo sends it. */
  token?: string;
  /** Not crates.io itself. */
  isMirror: boolean;
}

/** Sparse, which cargo itself uses: the index in git would be a clone of a gigabyte. */
const PUBLIC_INDEX = 'https://index.crates.io/';
/** Deeper chains of `replace-with` are rings. */
const MOST_REPLACEMENTS = 10;

/** @throws Failure SOURCE_UNSUPPORTED when the stand-in has no sparse index, INVALID_VALUE when a file is not TOML */
export async function readCrateRegistry(options: {
  files: Files;
  env: Environment;
  projectDir: string;
}): Promise<CrateRegistry> {
  const { files, env, projectDir } = options;
  const home = env.CARGO_HOME ?? (env.HOME && path.join(env.HOME, '.cargo'));
  // The strongest first, as cargo ranks them. Older versions of cargo wrote the name without its ending.
  const dirs = [path.join(projectDir, '.cargo'), ...(home ? [home] : [])];
  const names = ['config', 'config.toml', 'credentials', 'credentials.toml'];
  const candidates = dirs.flatMap((dir) => names.map((name) => path.join(dir, name)));
  const tables = (await Promise.all(candidates.map((file) => readToml(file, files)))).filter(
    (table) => table !== undefined,
  );

  // Value by value, not file by file: a project may choose the mirror and the user's home have its token.
  const find = (...names: string[]): string | undefined => {
    for (const table of tables) {
      const value = names.reduce<Json | undefined>(
        (inner, name) => (isJsonObject(inner) ? inner[name] : undefined),
        table,
      );
      if (typeof value === 'string') return value;
    }
    return undefined;
  };

  const name = findReplacement(find);
  if (name === undefined) return { index: PUBLIC_INDEX, isMirror: false };
  const variable = (field: string) => env[`CARGO_REGISTRIES_${name.toUpperCase().replaceAll('-', '_')}_${field}`];
  const index = find('source', name, 'registry') ?? variable('INDEX') ?? find('registries', name, 'index');
  const token = variable('TOKEN') ?? find('registries', name, 'token');
  return { index: parseIndex(index, name), isMirror: true, ...(token !== undefined && { token }) };
}

/** Follows `replace-with` from crates.io; undefined when nothing replaces it. */
function findReplacement(find: (...names: string[]) => string | undefined): string | undefined {
  let name = find('source', 'crates-io', 'replace-with');
  for (let step = 0; step < MOST_REPLACEMENTS; step++) {
    const next = name && find('source', name, 'replace-with');
    if (!next) return name;
    name = next;
  }
  throw new Failure(
    'INVALID_VALUE',
    'Cannot read the configuration of cargo: the sources replace one another in a ring',
  );
}

function parseIndex(index: string | undefined, name: string): string {
  const [, url] = /^sparse\+(https?:\/\/.+)$/.exec(index ?? '') ?? [];
  if (url !== undefined) return url.endsWith('/') ? url : `${url}/`;
  throw new Failure(
    'SOURCE_UNSUPPORTED',
    `Cannot ask the cargo source "${name}" that replaces crates.io: it has no sparse index`,
    {
      hint: `Set registry = "sparse+https://…" for source.${name}, or index for registries.${name}, in .cargo/config.toml`,
    },
  );
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
