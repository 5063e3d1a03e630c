// The key of a package, and the cache entry it names.
import type { EntryRef } from '../cache/layout.ts';
import { DRIVING_VERSION } from '../model/declarative.ts';
import { canonicalJson } from '../model/json.ts';
import { type KeyParts, keyValue } from '../model/key.ts';
import { keyOptions } from '../model/options.ts';
import { isKeyed } from '../model/phase.ts';
import { formatPlatform } from '../model/platform.ts';
import type { BuildVerb } from '../model/verb.ts';
import { sha256OfBytes } from '../system/digest.ts';
import { variableOf } from './dependencies.ts';
import { follow, loadedOf, type Package } from './package.ts';
import { shellKey } from './shell.ts';
import type { Run } from './world.ts';

/** 128 bits of the hash name the entry: enough that two never meet, short enough for paths. */
const KEY_LENGTH = 32;

export async function keyParts(pkg: Package, run: Run): Promise<KeyParts> {
  const { recipe, schema, options, files } = loadedOf(pkg);
  const { env, platform } = run.world;
  const shell = await shellKey(pkg, run);
  const keyed = pkg.wires.filter(({ dependency }) => isKeyed(dependency.neededBy));
  return {
    identity: recipe.identity,
    options: keyOptions(schema, options),
    platform: formatPlatform(platform),
    recipe: files,
    sources: pkg.sources.map(({ source, digest }) => `${source} ${digest}`).sort(),
    ...(shell === undefined ? {} : { shell }),
    ...(mayBeDeclarative(recipe.build) ? { driving: DRIVING_VERSION } : {}),
    env: Object.fromEntries(recipe.env.map((name) => [name, digestOf(env[name])])),
    dependencies: Object.fromEntries(
      keyed.map((wire) => [variableOf(wire), `${wire.target.request.recipe} ${follow(wire.target).key}`]),
    ),
  };
}

/** What a function answers is known long after the key. */
function mayBeDeclarative(build: BuildVerb | undefined): boolean {
  return build?.form === 'declarative' || build?.form === 'function';
}

/** Only the digest of a variable is kept: a marker travels with its asset, and a value may be a secret. */
function digestOf(value: string | undefined): string | null {
  return value === undefined ? null : sha256OfBytes(value);
}

export function keyOf(parts: KeyParts): string {
  return sha256OfBytes(canonicalJson(keyValue(parts))).slice(0, KEY_LENGTH);
}

/** The cache entry of a resolved package. */
export function entryRef(pkg: Package, run: Run): EntryRef {
  const { key } = follow(pkg);
  if (key === undefined) throw new Error(`${pkg.label} is not resolved`);
  return { identity: pkg.request.recipe, platform: formatPlatform(run.world.platform), key };
}
