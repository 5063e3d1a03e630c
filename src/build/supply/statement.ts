// What is stated of an asset: in-toto Statement v1 with SLSA provenance v1. Only the words; docs/reference/provenance.md
// says what each of them means under our build type.
import type { EntryRef } from '../../cache/layout.ts';
import type { EntryRecord, Making } from '../../cache/record.ts';
import type { Sha256 } from '../../model/digest.ts';
import { commitOf, isGitUrl } from '../../model/git.ts';
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { KEY_SCHEMA, type KeyParts } from '../../model/key.ts';
import { isRemote, type SourceRecord } from '../../model/pin.ts';

const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
const PREDICATE_TYPE = 'https://slsa.dev/provenance/v1';
/** Raised when what the fields below say changes its meaning. */
const BUILD_TYPE = 'galley:build/v1';

/** All that is stated. */
export interface Stated {
  ref: EntryRef;
  record: Pick<EntryRecord, 'keyParts' | 'sources' | 'builtAt'>;
  making: Making;
  /** Of the tree, as it is the same in every cache. */
  tree: Sha256;
  /** The archive that the tree is in, once there is one. */
  archive?: ArchiveDigest | undefined;
  /** Key → digest of the trees it was made with, as far as they are still known. */
  assets: ReadonlyMap<string, Sha256>;
}

export interface ArchiveDigest {
  name: string;
  sha256: Sha256;
}

/** `acme.zlib@r2/linux-x86_64-0123…`. */
export function subjectName({ identity, platform, key }: EntryRef): string {
  return `${identity}/${platform}-${key}`;
}

export function formatStatement(stated: Stated): string {
  const { ref, tree, archive, making, record } = stated;
  const parts = record.keyParts as unknown as KeyParts;
  const subjects = [{ name: subjectName(ref), sha256: tree }, ...(archive ? [archive] : [])];
  const { identity, options, platform, recipe: _, sources: __, dependencies: ___, ...internal } = parts;
  const predicate: JsonObject = {
    buildDefinition: {
      buildType: BUILD_TYPE,
      externalParameters: { recipe: identity, options, platform, source: making.recipe.uri },
      internalParameters: { key: ref.key, key_schema: KEY_SCHEMA, ...(internal as unknown as JsonObject) },
      resolvedDependencies: [...recipeFiles(parts, making), ...record.sources.map(source), ...assetsOf(stated, parts)],
    },
    runDetails: {
      builder: { id: making.builder, version: { galley: making.version } },
      metadata: {
        invocationId: making.invocation,
        startedOn: new Date(making.startedAt).toISOString(),
        finishedOn: new Date(record.builtAt).toISOString(),
      },
    },
  };
  return canonicalJson({
    _type: STATEMENT_TYPE,
    subject: subjects.map(({ name, sha256 }) => ({ name, digest: { sha256 } })),
    predicateType: PREDICATE_TYPE,
    predicate,
  });
}

/** What was fetched to get the recipe, and each of its files. */
function recipeFiles({ recipe }: KeyParts, { recipe: { uri, sha256 } }: Making): JsonObject[] {
  const fetched = isRemote(uri) && !uri.startsWith('galley:') ? [resource('recipe', uri, digestOf(uri, sha256))] : [];
  return [...fetched, ...Object.entries(recipe).map(([name, digest]) => resource(name, undefined, { sha256: digest }))];
}

function source({ source, url = source, sha256, digest }: SourceRecord): JsonObject {
  return resource(source, isRemote(source) ? url : undefined, digestOf(url, sha256 ?? digest));
}

/** The digest of what git sends means nothing to others; the commit does. */
function digestOf(url: string, sha256: string | undefined): JsonObject | undefined {
  const gitCommit = isGitUrl(url) ? commitOf(url) : undefined;
  if (gitCommit !== undefined) return { gitCommit };
  return sha256 === undefined ? undefined : { sha256 };
}

function assetsOf({ assets }: Stated, { dependencies, platform }: KeyParts): JsonObject[] {
  return [...new Set(Object.values(dependencies))].map((text) => {
    const [identity, key] = text.split(' ') as [string, string];
    const sha256 = assets.get(key);
    const name = subjectName({ identity, platform, key });
    return resource(name, `galley:asset/${name}`, sha256 === undefined ? undefined : { sha256 });
  });
}

function resource(name: string, uri: string | undefined, digest: JsonObject | undefined): JsonObject {
  return { name, ...(uri !== undefined && { uri }), ...(digest && { digest }) };
}

/** What a statement says that can be checked. */
export interface Claim {
  /** Name → sha256. */
  subjects: Map<string, string>;
  builder: string;
}

/** The claim of a statement of ours, or why it is none. */
export function readStatement(statement: JsonObject): Claim | { problem: string } {
  const { _type, predicateType, subject, predicate } = statement;
  if (_type !== STATEMENT_TYPE) return { problem: `it is no in-toto statement (${STATEMENT_TYPE})` };
  if (predicateType !== PREDICATE_TYPE) return { problem: `it is no provenance (${PREDICATE_TYPE})` };
  const { buildDefinition, runDetails } = isJsonObject(predicate) ? predicate : {};
  if (!isJsonObject(buildDefinition) || buildDefinition.buildType !== BUILD_TYPE)
    return { problem: `it is not about a build of galley (${BUILD_TYPE})` };
  const builder = isJsonObject(runDetails) && isJsonObject(runDetails.builder) ? runDetails.builder.id : undefined;
  const subjects = Array.isArray(subject) ? subject.map(readSubject) : [];
  if (subjects.length === 0 || subjects.includes(undefined) || typeof builder !== 'string')
    return { problem: 'it names no builder, or a subject without a sha256' };
  const named = new Map(subjects as [string, string][]);
  return named.size === subjects.length ? { subjects: named, builder } : { problem: 'it names a subject twice' };
}

function readSubject(subject: Json): [string, string] | undefined {
  const { name, digest } = isJsonObject(subject) ? subject : {};
  const sha256 = isJsonObject(digest) ? digest.sha256 : undefined;
  return typeof name === 'string' && typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256)
    ? [name, sha256]
    : undefined;
}
