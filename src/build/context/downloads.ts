// `ctx.fetch`, `ctx.commit_fetch` and `ctx.import`: a fetch function downloads into tmp_dir, looks at what came, and
// commits verified files to fetch_dir.
import path from 'node:path';
import { parseSha256, type Sha256 } from '../../model/digest.ts';
import { Failure } from '../../model/failure.ts';
import { isJsonObject, type Json } from '../../model/json.ts';
import { parseFetchItems } from '../../recipe/answer.ts';
import { sha256OfStream } from '../../system/digest.ts';
import type { Call } from '../call.ts';
import { absolutePath, confinementOf } from '../confined.ts';
import { bringItem, freshPath } from '../fetching.ts';
import { loadedOf } from '../package.ts';
import { text, wrong } from './arguments.ts';
import type { Method } from './table.ts';

/** `ctx.fetch(spec)` → the names of the files in tmp_dir. */
export const fetchToTmp: Method = async ([spec], call) => {
  const parsed = parseFetchItems(spec ?? null, loadedOf(call.pkg).recipe.file);
  if (parsed.value === undefined)
    throw new Failure('INVALID_ARGUMENT', `ctx.fetch(spec): ${parsed.problems[0].message}`);
  const fetched = await Promise.all(parsed.value.map((item) => bringItem(item, call.dirs.tmpDir, call)));
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
  const name = fileName(isJsonObject(given) ? given.filename : given, 'ctx.commit_fetch(files)');
  const file = path.join(call.dirs.tmpDir, name);
  if (isJsonObject(given) && given.sha256 !== undefined)
    await verify(file, digest(given.sha256, 'ctx.commit_fetch(files)'), call);
  return { name, file };
}

/** `ctx.import(src, dest, sha256)`: one local file, verified, to fetch_dir. */
export const importFile: Method = async ([source, dest, sha256], call) => {
  const what = 'ctx.import(src, dest, sha256)';
  const name = fileName(dest, what);
  const expected = digest(sha256, what);
  const file = await freshPath(call.dirs.fetchDir as string, name, call.run);
  await confinementOf(call).copy(absolutePath(text(source, what), call), file);
  // The copy is hashed: what it was made of may change meanwhile.
  await verify(file, expected, call);
  call.fetched.push({ source: `import:${name}`, name, sha256: expected });
  return undefined;
};

async function verify(file: string, expected: Sha256, call: Call): Promise<void> {
  await using handle = await confinementOf(call).openRead(file);
  const actual = await sha256OfStream(handle.createReadStream({ autoClose: false }));
  if (actual === expected) return;
  throw new Failure('DIGEST_MISMATCH', `File "${path.basename(file)}" has sha256 ${actual}, expected ${expected}`, {
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
