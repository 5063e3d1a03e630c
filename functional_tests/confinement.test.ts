// What recipes may not reach through ctx: every function with every way out, and links that are swapped while they are
// followed. Nothing outside may be read, made, changed or removed.
import { expect, test } from 'vitest';
import { assetOf, entryOf, readTree } from './rig/disk.ts';
import { findForgery } from './rig/fingerprint.ts';
import { succeed } from './rig/galley.ts';
import { findEscaped, lookOutside } from './rig/outside.ts';
import { createProject } from './rig/project.ts';
import { rounds } from './rig/rounds.ts';

const TOOL = 'test.tool@r1';
const FILE = `recipes/${TOOL}.js`;

/** Every function of ctx that takes a path, with the path where it could do harm. */
const USES: Record<string, string> = {
  read: 'ctx.read(path)',
  hash: 'ctx.hash(path)',
  list: 'ctx.list(path)',
  exists: 'ctx.exists(path)',
  write: `ctx.write(path, 'escaped')`,
  mkdir: `ctx.mkdir(path + '/escaped')`,
  remove: 'ctx.remove(path)',
  chmod: 'ctx.chmod(path, 0o777)',
  symlink: `ctx.symlink('own', path + '-escaped')`,
  'symlink to': `ctx.symlink(path, 'link' + Math.abs(path.length))`,
  'copy from': `ctx.copy(path, 'copied')`,
  'copy to': `ctx.copy('own', path)`,
  'move from': `ctx.move(path, 'moved')`,
  'move to': `ctx.move('own', path + '-escaped')`,
  'run in': `ctx.run('true', { cwd: path })`,
};

/** Expressions that lead out of the own directories, each to something that is there. */
const WAYS: Record<string, string> = {
  'absolute path': 'HOME + "/secret"',
  'absolute path of a directory': 'HOME',
  'too many dots': '"../".repeat(40) + HOME + "/secret"',
  'dots behind a name': '"own-dir/../../../../../../" + "../".repeat(40) + HOME.slice(1) + "/secret"',
  'the project': 'ctx.project_root + "/galley.js"',
  'a sibling with the same beginning': 'ctx.stage_dir + "-sibling/secret"',
  'the entry itself': 'ctx.stage_dir + "/../../../galley-complete"',
  'an asset that was not declared': 'OTHER + "/made"',
  'a link to a directory': '"to-home/secret"',
  'a link to a link': '"to-link/secret"',
  'a link to dots': '"to-dots/" + "../".repeat(40) + HOME.slice(1) + "/secret"',
};

const LINKS = `
  ln -s "$HOME/secret" to-file
  ln -s "$HOME" to-home
  ln -s to-home to-link
  ln -s .. to-dots
  mkdir own-dir "$GALLEY_STAGE_DIR-sibling"
  echo sibling > "$GALLEY_STAGE_DIR-sibling/secret"
  echo own > own`;

/** What is done to a link that leads out: refused where it would be followed, done where the link itself is meant. */
const LINK_ITSELF: Record<string, string> = {
  read: 'PATH_OUTSIDE',
  hash: 'PATH_OUTSIDE',
  exists: 'PATH_OUTSIDE',
  list: 'PATH_OUTSIDE',
  write: 'PATH_OUTSIDE',
  chmod: 'PATH_OUTSIDE',
  'run in': 'PATH_OUTSIDE',
  'copy from': 'PATH_OUTSIDE',
  remove: 'allowed',
};

test('no function of ctx follows any way out', async () => {
  const project = await createProject({ 'recipes/test.other@r1.js': `export const install = 'echo other > made';` });
  await project.write({ '../home/secret': 'secret' });
  await succeed(project, 'sync');
  const other = `${await entryOf(project, 'test.other@r1')}/asset`;
  await project.write({
    [FILE]: `
      const HOME = ${JSON.stringify(project.homeDir)};
      const OTHER = ${JSON.stringify(other)};
      export async function build(ctx) {
        await ctx.run(${JSON.stringify(LINKS)});
        const ways = { ${Object.entries(WAYS).map(([name, way]) => `${JSON.stringify(name)}: ${way}`)} };
        const uses = { ${Object.entries(USES).map(([name, use]) => `${JSON.stringify(name)}: (path) => ${use}`)} };
        const found = {};
        for (const [way, path] of Object.entries(ways)) {
          for (const [use, call] of Object.entries(uses)) {
            found[use + ': ' + way] = await call(path).then(() => 'allowed', (error) => error.code);
          }
        }
        await ctx.write('found.json', JSON.stringify(found));
      }
      export const install = 'cp "$GALLEY_STAGE_DIR/found.json" .';`,
  });
  const before = await lookOutside(project);
  await succeed(project, 'sync');
  const found = JSON.parse((await assetOf(project, TOOL))['found.json'] ?? '') as Record<string, string>;
  const uses = Object.keys(WAYS).flatMap((way) => Object.keys(USES).map((use) => `${use}: ${way}`));
  expect(Object.keys(found)).toEqual(uses);
  expect(Object.entries(found).filter(([, end]) => end !== 'PATH_OUTSIDE')).toEqual([]);
  expect(await lookOutside(project)).toEqual(before);
  expect(await findEscaped(project)).toEqual([]);
  expect(await findForgery(await entryOf(project, 'test.other@r1'))).toEqual([]);
});

test('a link that leads out is never followed, but may be removed', async () => {
  const project = await createProject();
  await project.write({
    '../home/secret': 'secret',
    [FILE]: `
      export async function build(ctx) {
        await ctx.run('ln -s "$HOME/secret" link');
        const path = 'link';
        const uses = { ${Object.keys(LINK_ITSELF).map((use) => `${JSON.stringify(use)}: () => ${USES[use]}`)} };
        const found = {};
        for (const [use, call] of Object.entries(uses)) found[use] = await call().then(() => 'allowed', ({ code }) => code);
        await ctx.write('found.json', JSON.stringify(found));
      }`,
  });
  await succeed(project, 'sync');
  const asset = await assetOf(project, TOOL);
  expect(JSON.parse(asset['found.json'] ?? '')).toEqual(LINK_ITSELF);
  expect(await readTree(project.homeDir)).toMatchObject({ secret: 'secret' });
});

test('the asset of a dependency can be read and copied, and nothing else', async () => {
  const changes = ['write', 'mkdir', 'remove', 'chmod', 'symlink', 'copy to', 'move from', 'move to'];
  const project = await createProject({
    'recipes/test.dep@r1.js': `export const install = 'mkdir d; echo dep > d/made';`,
    [FILE]: `
      export const dependencies = [{ recipe: 'test.dep@r1' }];
      export async function build(ctx) {
        await ctx.write('own', 'own');
        const path = (await ctx.asset('dep')) + '/d/made';
        const tries = [${changes.map((use) => `() => ${USES[use]}`)}];
        const ends = [];
        for (const call of tries) ends.push(await call().then(() => 'allowed', (error) => error.code));
        await ctx.copy(path, 'copied');
        await ctx.write('found.json', JSON.stringify(ends));
      }
      export const install = 'cp "$GALLEY_STAGE_DIR"/copied "$GALLEY_STAGE_DIR"/found.json .';`,
  });
  await succeed(project, 'sync');
  const asset = await assetOf(project, TOOL);
  expect(asset.copied).toBe('dep\n');
  expect(JSON.parse(asset['found.json'] ?? '')).toEqual(changes.map(() => 'PATH_OUTSIDE'));
  expect(await findForgery(await entryOf(project, 'test.dep@r1'))).toEqual([]);
});

/** Swaps what has a name as fast as the disk can, until a file tells it to stop. */
const SWAP = `
  const fs = require('fs');
  const [inside, outside] = [process.cwd() + '/inside', process.env.HOME];
  for (let n = 0; !fs.existsSync('stop'); n++) {
    fs.symlinkSync(n % 2 ? inside : outside, 'next');
    fs.renameSync('next', 'link');
    if (n % 2) fs.writeFileSync('next', 'inside'); else fs.symlinkSync(outside + '/secret', 'next');
    fs.renameSync('next', 'file');
  }`;

test('a link that is swapped while it is followed leads nowhere outside', async () => {
  const project = await createProject();
  await project.write({
    '../home/secret': 'outside',
    '../home/keep/kept': 'kept',
    [FILE]: `
      export async function build(ctx) {
        await ctx.run('mkdir -p inside/keep; echo kept > inside/keep/kept');
        await ctx.write('inside/secret', 'inside');
        const inner = await ctx.hash('inside/secret');
        await ctx.run('tar -cf some.tar inside/keep');
        await ctx.write('swap.cjs', ${JSON.stringify(SWAP)});
        const swapping = ctx.run('"${process.execPath}" swap.cjs');
        while (!(await ctx.list('.')).includes('link') || !(await ctx.list('.')).includes('file'));
        const seen = {};
        const note = (use, end) => { seen[use + ' ' + end] = (seen[use + ' ' + end] ?? 0) + 1; };
        const uses = {
          read: () => ctx.read('link/secret'),
          'read a file': () => ctx.read('file'),
          'read after a copy': async () => {
            await ctx.copy('file', 'copied');
            return ctx.read('copied');
          },
          list: async () => ((await ctx.list('link')).includes('written') ? 'inside' : 'inside'),
          write: async () => { await ctx.write('link/written', 'escaped'); return 'inside'; },
          'write a file': async () => { await ctx.write('file', 'inside'); return 'inside'; },
          mkdir: async () => { await ctx.mkdir('link/made/deep'); return 'inside'; },
          chmod: async () => { await ctx.chmod('link/secret', 0o600); return 'inside'; },
          'copy a tree': async () => { await ctx.copy('inside/keep', 'link/tree'); return 'inside'; },
          remove: async () => { await ctx.remove('link/keep'); return 'inside'; },
          hash: async () => ((await ctx.hash('link/secret')) === inner ? 'inside' : 'outside'),
          move: async () => {
            await ctx.write('from', 'inside');
            await ctx.move('from', 'link/moved');
            return 'inside';
          },
          'move from': async () => { await ctx.move('link/moved', 'back'); return 'inside'; },
          extract: async () => { await ctx.extract(ctx.stage_dir + '/some.tar', { dest: 'link/unpacked' }); return 'inside'; },
        };
        for (let round = 0; round < ${rounds(60, 1500)}; round++) {
          for (const [use, call] of Object.entries(uses)) {
            for (const made of ['back', 'from', 'inside/moved', 'inside/unpacked']) await ctx.remove(made);
            note(use, await call().catch((error) => error.code ?? String(error)));
          }
        }
        await ctx.write('stop', '');
        await swapping;
        await ctx.write('seen.json', JSON.stringify(seen));
      }
      export const install = 'cp "$GALLEY_STAGE_DIR/seen.json" .';`,
  });
  const before = await lookOutside(project);
  await succeed(project, 'sync');
  const seen = JSON.parse((await assetOf(project, TOOL))['seen.json'] ?? '') as Record<string, number>;
  process.stdout.write(`swapped links: ${JSON.stringify(seen)}\n`);
  expect(await lookOutside(project)).toEqual(before);
  expect(Object.keys(seen).filter((key) => !/ (inside|PATH_OUTSIDE|IO_ERROR|INVALID_ARGUMENT)$/.test(key))).toEqual([]);
  // Both sides of the swap were met, or this would show nothing.
  expect(Object.keys(seen)).toEqual(expect.arrayContaining(['read inside', 'read PATH_OUTSIDE']));
});

/** Phases → what they may do in the project. */
const AT_HOME: Record<string, [reads: string, writes: string]> = {
  check: ['allowed', 'PATH_OUTSIDE'],
  setup: ['allowed', 'allowed'],
  deploy: ['allowed', 'allowed'],
};

test('the project is open to the phases that work on this host, and only there', async () => {
  const tries = `
    const end = (call) => call.then(() => 'allowed', (error) => error.code);
    const tell = async (ctx, phase) => {
      const ends = [await end(ctx.read('note.txt')), await end(ctx.write('made-by-' + phase, '')),
        await end(ctx.write('../escaped', '')), await end(ctx.read('../home/secret'))];
      ctx.log.info(phase + ' ' + ends.join(' '));
    };`;
  const project = await createProject({
    'galley.js': `export const recipe_roots = ['recipes'];
      export const packages = [{ recipe: '${TOOL}', setup: ['host'] }, 'test.wrapper@r1'];`,
    'note.txt': 'note',
    '../home/secret': 'secret',
    [FILE]: `${tries}
      export const install = 'true';
      export const setup = { host: { check: 'test -f made-by-setup', install: (ctx) => tell(ctx, 'setup') } };
      export const deploy = (ctx) => tell(ctx, 'deploy');`,
    'recipes/test.wrapper@r1.js': `${tries}
      export async function check(ctx) { await tell(ctx, 'check'); return true; }`,
  });
  const { events } = await succeed(project, 'sync');
  const told = events.of('log.message').map(({ text }) => text);
  expect(told.sort()).toEqual(
    Object.entries(AT_HOME)
      .map(([phase, [reads, writes]]) => `${phase} ${reads} ${writes} PATH_OUTSIDE PATH_OUTSIDE`)
      .sort(),
  );
  expect(await findEscaped(project)).toEqual([]);
});
