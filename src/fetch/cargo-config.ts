// The configuration of cargo, as far as it says where crates come from: what stands in for crates.io, the registries with
// names, their tokens, and how they are reached.
import path from 'node:path';
import { Failure } from '../model/failure.ts';
import type { Connection } from '../system/agents.ts';
import { type CargoOptions, type FindValue, readCargoFiles } from './cargo-files.ts';

/** A registry that is asked over the network. */
export interface SparseRegistry {
  /** Address of the sparse index, ends in `/`. */
  index: string;
  /** A header's value, as cargo sends it. */
  token?: string;
  /** Not crates.io itself. */
  isMirror: boolean;
  connection: Connection;
}

/** A directory with crates and their index, as `cargo local-registry` makes it. */
export interface LocalRegistry {
  dir: string;
}

export type CrateRegistry = SparseRegistry | LocalRegistry;

/** Sparse, which cargo itself uses: the index in git would be a clone of a gigabyte. */
const PUBLIC_INDEX = 'https://index.crates.io/';
/** Deeper chains of `replace-with` are rings. */
const MOST_REPLACEMENTS = 10;
const PUBLIC = 'crates-io';

/** @throws Failure SOURCE_UNSUPPORTED when there is no sparse index, INVALID_VALUE when a file is not TOML */
export async function readCrateRegistry(options: CargoOptions & { name?: string | undefined }): Promise<CrateRegistry> {
  const { env, files, name: asked = PUBLIC } = options;
  const find = await readCargoFiles(options);
  const name = findReplacement(asked, find);
  const local = find('source', name, 'local-registry');
  if (local !== undefined) return { dir: path.resolve(local.baseDir, local.value) };

  const own = (field: string) => env[`CARGO_REGISTRIES_${name.toUpperCase().replaceAll('-', '_')}_${field}`];
  const cainfo = env.CARGO_HTTP_CAINFO ?? pathOf(find, 'http', 'cainfo');
  const connection: Connection = {
    proxy: env.CARGO_HTTP_PROXY ?? find('http', 'proxy')?.value,
    authorities: cainfo && (await files.findText(cainfo)),
  };
  const registry = find('source', name, 'registry')?.value ?? own('INDEX') ?? find('registries', name, 'index')?.value;
  if (registry === undefined && name === PUBLIC) return { index: PUBLIC_INDEX, isMirror: false, connection };
  const token = own('TOKEN') ?? findToken(name, registry, find);
  return { index: parseIndex(registry, name), isMirror: true, connection, ...(token !== undefined && { token }) };
}

/** Follows `replace-with`; the name itself when nothing replaces it. */
function findReplacement(asked: string, find: FindValue): string {
  let name = asked;
  for (let step = 0; step < MOST_REPLACEMENTS; step++) {
    const next = find('source', name, 'replace-with')?.value;
    if (!next) return name;
    name = next;
  }
  throw new Failure(
    'INVALID_VALUE',
    'Cannot read the configuration of cargo: the sources replace one another in a ring',
  );
}

/** A person's token is for the index that this person means by the name: a repository may not point it elsewhere. */
function findToken(name: string, index: string | undefined, find: FindValue): string | undefined {
  const provider = find('registries', name, 'credential-provider') ?? find('registry', 'global-credential-providers');
  if (provider !== undefined && !provider.value.split(' ').includes('cargo:token')) return undefined;
  const token = find('registries', name, 'token');
  const meant = find.own('registries', name, 'index')?.value;
  return token?.isOwn && meant !== undefined && meant !== index ? undefined : token?.value;
}

function pathOf(find: FindValue, ...names: string[]): string | undefined {
  const found = find(...names);
  return found && path.resolve(found.baseDir, found.value);
}

function parseIndex(index: string | undefined, name: string): string {
  const [, url] = /^sparse\+(https?:\/\/.+)$/.exec(index ?? '') ?? [];
  if (url !== undefined) return url.endsWith('/') ? url : `${url}/`;
  throw new Failure('SOURCE_UNSUPPORTED', `Cannot ask the cargo registry "${name}": it has no sparse index`, {
    hint: `Set registry = "sparse+https://…" for source.${name}, or index for registries.${name}, in .cargo/config.toml`,
  });
}
