// A project in which every phase has something to do, with a known outcome. Its commands are slow by intent and append
// to what they find: work that begins on somebody else's leftovers, or beside somebody who still works, shows.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { entriesOf, entryOf, listNames, readTree } from './disk.ts';
import { findForgery } from './fingerprint.ts';
import { createProject, type Files, type Project } from './project.ts';
import { type Server, startServer } from './server.ts';
import { tarOf } from './tar.ts';

/** Enough for a download and an unpacking to take some time. */
const SACK = 'flour '.repeat(100_000);
const LOAVES = ['rye', 'oat', 'rice'];

/** What must be in the asset of each cache-managed package. */
export const ASSETS: Record<string, Files> = {
  'test.flour@r1': { a: SACK, b: SACK },
  'test.salt@r1': { grain: 'salt\nfine\n' },
  'test.dough@r1': { dough: 'salt\nfine\nkneaded\nrisen\n', note: 'by hand' },
  ...Object.fromEntries(LOAVES.map((loaf) => [`test.${loaf}@r1`, { loaf: `salt\nfine\nkneaded\nrisen\n${loaf}\n` }])),
};

export const COMPLETE_ENTRY = ['asset', 'galley-complete', 'galley-fingerprint'];

/** All of them, and the oven, which is user-managed. */
export const PACKAGES = Object.keys(ASSETS).length + 1;

/** Outside of the cache: what setup, deploy and the user-managed package leave. */
const OVEN = 'warm\nhot\n';
const SHELF = 'risen\n';

export interface Kitchen {
  project: Project;
  server: Server;
  /** What the server hands out. */
  foods: Readonly<Record<string, Buffer>>;
  /** A second project with the same recipes, relative to the first. */
  annexe: string;
}

export async function createKitchen(): Promise<Kitchen> {
  const project = await createProject({}, { expectTidy: false });
  const sack = gzipSync(await tarOf({ a: SACK, b: SACK }), { level: 1 });
  const foods = { '/flour.tar.gz': sack, '/salt': Buffer.from('salt\n') };
  const server = await startServer(foods);
  const manifest = (roots: string): string => `
    export const recipe_roots = ['${roots}'];
    export const packages = ['test.oven@r1', { recipe: 'test.dough@r1', setup: ['shelf'] },
      ${LOAVES.map((loaf) => `'test.${loaf}@r1'`).join(', ')}];`;
  await project.write({
    ...recipes(server, createHash('sha256').update(sack).digest('hex')),
    'galley.js': manifest('recipes'),
    'annexe/galley.js': manifest('../recipes'),
  });
  return { project, server, foods, annexe: 'annexe' };
}

function recipes(server: Server, sha256: string): Files {
  const slowly = (file: string, ...lines: string[]): string =>
    JSON.stringify(lines.map((line) => `echo ${line} >> ${file}; sleep 0.02`).join('; '));
  const loaf = (name: string): string => `
    export const dependencies = [{ recipe: 'test.dough@r1' }];
    export const build = 'cat "$GALLEY_ASSET_DOUGH/dough" >> loaf; sleep 0.02; echo ${name} >> loaf';
    export const install = 'while read line; do echo "$line" >> loaf; sleep 0.005; done < "$GALLEY_STAGE_DIR/loaf"';`;
  return {
    'recipes/test.flour@r1.js': `export const fetch = { url: '${server.url('/flour.tar.gz')}', sha256: '${sha256}' };`,
    'recipes/test.salt@r1.js': `
      export async function fetch(ctx) { await ctx.commit_fetch(await ctx.fetch('${server.url('/salt')}')); }
      export const stage = 'cat "$GALLEY_FETCH_DIR/salt" >> grain; sleep 0.02';
      export const build = ${slowly('grain', 'fine')};`,
    'recipes/test.dough@r1.js': `
      export const dependencies = [{ recipe: 'test.flour@r1' }, { recipe: 'test.salt@r1' }];
      export const products = { dough: 'dough' };
      export async function build(ctx) {
        await ctx.copy(ctx.path.join(await ctx.asset('salt'), 'grain'), 'dough');
        await ctx.chmod('dough', 0o644);
        await ctx.run(${slowly('dough', 'kneaded')});
        await ctx.write('note', 'by hand');
        await ctx.run(${slowly('dough', 'risen')});
      }
      export async function install(ctx) {
        for (const name of ['dough', 'note']) await ctx.copy(ctx.path.join(ctx.stage_dir, name), name);
        ctx.mark_install_complete();
      }
      export const setup = { shelf: {
        check: 'grep -q risen "$HOME/shelf"; ended=$?; sleep 0.02; exit $ended',
        install: 'tail -n 1 "$GALLEY_ASSET_DIR/dough" > "$HOME/shelf"; sleep 0.02',
      } };
      export const deploy = 'tail -n 1 "$GALLEY_ASSET_DIR/dough" > shelf; sleep 0.02';`,
    ...Object.fromEntries(LOAVES.map((name) => [`recipes/test.${name}@r1.js`, loaf(name)])),
    'recipes/test.oven@r1.js': `
      export const check = 'sleep 0.01; printf "warm\\\\nhot\\\\n" | cmp -s - "$HOME/oven"';
      export const build = 'sleep 0.02';
      export const install = 'rm -f "$HOME/oven"; echo warm >> "$HOME/oven"; sleep 0.02; echo hot >> "$HOME/oven"';`,
  };
}

/** Who takes the rest from a depot makes none of these. */
const INGREDIENTS = ['test.flour@r1', 'test.salt@r1'];

/**
 * Compares everything that was made with what it must be.
 *
 * @param context how it came about
 * @param isSupplied there was a depot with all of it
 */
export async function expectServed({ project, annexe }: Kitchen, context: string, isSupplied = false): Promise<void> {
  for (const [identity, files] of Object.entries(ASSETS)) {
    if (isSupplied && INGREDIENTS.includes(identity) && !(await hasComplete(project, identity))) continue;
    const entry = await entryOf(project, identity);
    expect(await readTree(path.join(entry, 'asset')), `${context}: ${identity}`).toEqual(files);
    // The work of a try that failed is kept to be looked at.
    const names = (await listNames(entry)).filter((name) => name !== 'failed');
    expect(names, `${context}: ${identity} has ${names}`).toEqual(COMPLETE_ENTRY);
    expect(await findForgery(entry), `${context}: ${identity}`).toEqual([]);
  }
  expect(await readFile(path.join(project.homeDir, 'oven'), 'utf8'), context).toBe(OVEN);
  for (const file of [path.join(project.homeDir, 'shelf'), project.at('shelf'), project.at(annexe, 'shelf')]) {
    expect(await readFile(file, 'utf8'), context).toBe(SHELF);
  }
}

/** What somebody began to make, and then had from the depot, stays unfinished. */
async function hasComplete(project: Project, identity: string): Promise<boolean> {
  const names = await Promise.all((await entriesOf(project, identity)).map(listNames));
  return names.flat().includes('galley-complete');
}
