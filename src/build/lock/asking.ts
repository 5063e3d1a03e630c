// What a fetch function asks for, found out without doing anything: it runs with a ctx that hands out facts, notes what is
// to be fetched, and refuses everything else. So it answers for platforms that this machine is not.
import path from 'node:path';
import { Failure } from '../../model/failure.ts';
import type { Json } from '../../model/json.ts';
import type { FetchItem, FunctionRef } from '../../model/verb.ts';
import { parseFetchItems } from '../../recipe/answer.ts';
import { methodsOf } from '../context/table.ts';
import { loadedOf, type Package } from '../package.ts';
import type { Run } from '../world.ts';

/** Undefined: only doing it tells what it fetches. */
export async function askFetch(pkg: Package, fetch: FunctionRef, run: Run): Promise<FetchItem[] | undefined> {
  const { recipe, options } = loadedOf(pkg);
  const { platform, sandbox, jobs, signal } = run.world;
  const asked: FetchItem[] = [];
  let isMore = false;
  const host = async (method: string, [spec]: readonly Json[]): Promise<Json | undefined> => {
    if (method === 'log' || method === 'commit_fetch') return undefined;
    const items = method === 'fetch' ? parseFetchItems(spec ?? null, recipe.file).value : undefined;
    if (items === undefined) {
      isMore = true;
      throw new Failure('INVALID_ARGUMENT', `ctx.${method}() is not there when a fetch function is only asked`);
    }
    asked.push(...items);
    return items.map((item) => nameOf(item, run));
  };
  const call = {
    module: recipe.module,
    path: fetch.path,
    facts: { identity: recipe.identity, options, platform: { ...platform }, jobs, project_root: run.manifest.rootDir },
    methods: methodsOf('fetch'),
    host,
    verb: `fetch of ${pkg.label}`,
    signal,
  };
  try {
    const answer = await sandbox.call(call);
    const declared = parseFetchItems(answer ?? null, recipe.file).value;
    return isMore || declared === undefined ? undefined : [...asked, ...declared];
  } catch (error) {
    if (isMore) return undefined;
    throw error;
  }
}

function nameOf(item: FetchItem, { world }: Run): string {
  if (item.form === 'path') return path.basename(item.path);
  return item.dest ?? world.fetcher.fileName(item.url);
}
