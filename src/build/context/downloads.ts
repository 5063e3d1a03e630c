// `ctx.fetch`, `ctx.commit_fetch` and `ctx.import`: a fetch function downloads into tmp_dir, looks at what came, and
// commits verified files to fetch_dir.
import path from 'node:path';
import { parseSha256, type Sha256 } from '../../model/digest.ts';
import { Failure } from '../../model/failure.ts';
import { isJsonObject, type Json } from '../../model/json.ts';
import { parseFetchItems } from '../../recipe/answer.ts';
import type { Call } from '../call.ts';
import { absolutePath, confinementOf } from '../confined.ts';
import { fetchItems, freshPath } from '../fetching.ts';
import { loadedOf } from '../package.ts';
import { text, wrong } from './arguments.ts';
import type { Method } from './table.ts';

/** `ctx.fetch(spec)` → the names of the files in tmp_dir. */
export const fetchToTmp: Method = async ([spec], call) => {
  const parsed = parseFetchItems(spec ?? null, loadedOf(call.pkg).recipe.file);
  if (parsed.value === undefined)
    throw new Failure('INVALID_ARGUMENT', `ctx.fetch(spec): ${parsed.problems[0].message}`);
  const fetched = await fetchItems(parsed.value, call.dirs.tmpDir, call);
  call.fetched.push(...fetched);
  return fetched.map(({ name }) => name);
};

/** `ctx.commit_fetch(files)`: names, or `{ filename, sha256 }`, from tmp_dir to fetch_dir; all of them or none. */
export const commitFetch: Method = async ([given], call) => {
  const wanted = await Promise.all((Array.isArray(given) ? given : [given]).map((file) => committed(file, call)));
  const { files } = call.run.world;
  for (const { name, file } of wanted)
    await files.moveTree(file, await freshPath(call.dirs.fetchDir as string, name, call.run));
  return undefined;
};

async function committed(given: Json | undefined, call: Call): Promise<{ name: string; file: string }> {
  const what = 'ctx.commit_fetch(files)';
  const name = fileName(isJsonObject(given) ? given.filename : given, what);
  const file = path.join(call.dirs.tmpDir, name);
  const wanted = isJsonObject(given) && given.sha256 !== undefined ? digest(given.sha256, what) : undefined;
  const actual = await digestOf(file, call);
  if (wanted !== undefined && actual !== wanted) throw mismatch(file, wanted, actual);
  await account(name, actual, wanted !== undefined, call);
  return { name, file };
}

/** What no download brought is a source too: its digest is part of the key, and without a pin it is a new one. */
async function account(name: string, sha256: Sha256, isPinned: boolean, { pkg, run, fetched }: Call): Promise<void> {
  if (fetched.some((file) => file.name === name && (file.download?.sha256 ?? file.digest) === sha256)) return;
  const refusal = isPinned ? undefined : run.pins.refusal(pkg, name);
  if (refusal) throw refusal;
  fetched.push({ source: `commit:${name}`, name, digest: sha256 });
}

/** `ctx.import(src, dest, sha256)`: one local file, verified, to fetch_dir. */
export const importFile: Method = async ([source, dest, sha256], call) => {
  const what = 'ctx.import(src, dest, sha256)';
  const name = fileName(dest, what);
  const expected = digest(sha256, what);
  const file = await freshPath(call.dirs.fetchDir as string, name, call.run);
  await (await confinementOf(call)).copy(absolutePath(text(source, what), call), file);
  // The copy is hashed: what it was made of may change meanwhile.
  const actual = await digestOf(file, call);
  if (actual !== expected) throw mismatch(file, expected, actual);
  call.fetched.push({ source: `import:${name}`, name, digest: expected });
  return undefined;
};

async function digestOf(file: string, call: Call): Promise<Sha256> {
  return await (await confinementOf(call)).hash(file);
}

function mismatch(file: string, expected: Sha256, actual: Sha256): Failure {
  return new Failure('DIGEST_MISMATCH', `File "${path.basename(file)}" has sha256 ${actual}, expected ${expected}`, {
    hint: 'It was replaced where it comes from, was corrupted on the way, or somebody tampers with it',
    facts: { expected, actual, file },
  });
}

/** A plain name: fetched files lie side by side. */
function fileName(value: Json | undefined, what: string): string {
  const name = text(value, what);
  if (path.basename(name) !== name || name === '.' || name === '..')
    throw wrong(what, name, 'a file name without directories');
  return name;
}

function digest(value: Json | undefined, what: string): Sha256 {
  const sha256 = parseSha256(text(value, what));
  if (sha256 === undefined) throw wrong(what, value, 'a sha256 of 64 hexadecimal digits');
  return sha256;
}
