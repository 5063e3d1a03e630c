// Every member of ctx does what its page says: a table of calls with their answers. Each row is a package of one project,
// so that one run shows them all.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { assetOf } from './rig/disk.ts';
import { succeed } from './rig/galley.ts';
import { createProject } from './rig/project.ts';
import { startServer } from './rig/server.ts';
import { tarOf } from './rig/tar.ts';

interface Row {
  /** The body of a function of ctx; what it returns is compared. */
  body: string;
  answer: unknown;
  phase?: 'fetch' | 'stage' | 'build';
  /** Further exports of the recipe. */
  more?: string;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What of an entry's path does not depend on the cache and the key. */
const inEntry = (dir: string): string => `${dir}.replace(/.*-[0-9a-f]{32}/, '')`;

const FACTS: Record<string, Row> = {
  identity: { body: 'return ctx.identity', answer: 'ctx.identity@r1' },
  options: {
    body: 'return ctx.options',
    answer: { heat: 7, tone: 'loud' },
    more: `export const options = { tone: { type: 'string', default: 'loud' }, heat: { type: 'int', default: 7 } };`,
  },
  platform: {
    body: 'return [ctx.platform.os === host.os, ctx.platform.arch === host.arch, typeof ctx.platform.os_version]',
    answer: [true, true, 'string'],
  },
  jobs: { body: 'return ctx.jobs', answer: 3 },
  project_root: { body: `return ctx.project_root.endsWith('/project')`, answer: true },
  fetch_dir: { body: `return ${inEntry('ctx.fetch_dir')}`, answer: '/fetch' },
  stage_dir: { body: `return ${inEntry('ctx.stage_dir')}`, answer: '/work/stage' },
  install_dir: { body: `return ${inEntry('ctx.install_dir')}`, answer: '/install' },
  asset_dir: { body: `return ${inEntry('ctx.asset_dir')}`, answer: '/asset' },
  tmp_dir: { body: `return ${inEntry('ctx.tmp_dir')}`, answer: '/work/tmp' },
};

const HELPERS: Record<string, Row> = {
  'path.join': { body: `return ctx.path.join('a/', './b', '../c')`, answer: 'a/c' },
  'path.basename': { body: `return ctx.path.basename('a/b.tar.gz')`, answer: 'b.tar.gz' },
  'path.dirname': { body: `return ctx.path.dirname('a/b/c')`, answer: 'a/b' },
  'path.stem': { body: `return ctx.path.stem('a/b.tar.gz')`, answer: 'b.tar' },
  'path.ext': { body: `return ctx.path.ext('a/b.tar.gz')`, answer: '.gz' },
  template: { body: `return ctx.template('{{ a }} and {{b}}', { a: 'one', b: 2 })`, answer: 'one and 2' },
};

const DEPENDENCY = `export const dependencies = [{ recipe: 'test.dep@r1' }];`;

const FILES: Record<string, Row> = {
  asset: {
    body: `return ctx.read(ctx.path.join(await ctx.asset('dep'), 'bin/tool'))`,
    answer: 'tool\n',
    more: DEPENDENCY,
  },
  product: { body: `return ctx.read(await ctx.product('tool'))`, answer: 'tool\n', more: DEPENDENCY },
  copy: {
    body: `await ctx.mkdir('a'); await ctx.write('a/b', 'b'); await ctx.copy('a', 'c'); await ctx.copy('a/b', 'd/'); return ctx.list('.', { recursive: true })`,
    answer: ['a', 'a/b', 'c', 'c/b', 'd', 'd/b'],
  },
  move: {
    body: `await ctx.mkdir('a'); await ctx.write('a/b', 'b'); await ctx.move('a', 'c'); return ctx.list('.', { recursive: true })`,
    answer: ['c', 'c/b'],
  },
  'exists, is_file, is_dir': {
    body: `await ctx.write('a', ''); await ctx.mkdir('d'); await ctx.symlink('nowhere', 'l');
      const ask = (path) => Promise.all([ctx.exists(path), ctx.is_file(path), ctx.is_dir(path)]);
      return [await ask('a'), await ask('d'), await ask('l'), await ask('none')];`,
    answer: [
      [true, true, false],
      [true, false, true],
      [false, false, false],
      [false, false, false],
    ],
  },
  'read, write': {
    body: `await ctx.write('a', 'one'); await ctx.write('a', 'tvö\\n'); return ctx.read('a')`,
    answer: 'tvö\n',
  },
  list: {
    body: `await ctx.mkdir('b'); await ctx.write('b/c', ''); await ctx.write('a', ''); return ctx.list('.')`,
    answer: ['a', 'b'],
  },
  'mkdir, remove': {
    body: `await ctx.mkdir('a/b/c'); await ctx.remove('a/b'); await ctx.remove('none'); return ctx.list('.', { recursive: true })`,
    answer: ['a'],
  },
  chmod: {
    body: `await ctx.write('a', '#!/bin/sh\\necho ran'); await ctx.chmod('a', 0o755); return (await ctx.run('./a')).stdout`,
    answer: 'ran\n',
  },
  symlink: { body: `await ctx.write('a', 'a'); await ctx.symlink('a', 'l'); return ctx.read('l')`, answer: 'a' },
  hash: { body: `await ctx.write('a', 'a'); return ctx.hash('a')`, answer: sha256('a') },
};

const RUNS: Record<string, Row> = {
  run: { body: `return ctx.run('echo a; echo b >&2')`, answer: { exit_code: 0, stdout: 'a\n', stderr: 'b\n' } },
  'run(array)': { body: `return (await ctx.run(['a=1', 'echo "$a"'])).stdout`, answer: '1\n' },
  'run(cwd)': {
    body: `await ctx.mkdir('d'); return (await ctx.run('basename "$PWD"', { cwd: 'd' })).stdout`,
    answer: 'd\n',
  },
  'run(env)': { body: `return (await ctx.run('echo "$A-$GALLEY_JOBS"', { env: { A: 1 } })).stdout`, answer: '1-3\n' },
  'run(shell)': {
    body: `return (await ctx.run('echo "$0"', { shell: { inline: ['sh', '-c'] } })).stdout`,
    answer: 'sh\n',
  },
  'run(check)': { body: `return (await ctx.run('exit 5', { check: false })).exit_code`, answer: 5 },
  'run(quiet)': { body: `return (await ctx.run('echo whispered', { quiet: true })).stdout`, answer: 'whispered\n' },
  'run(capture)': { body: `return (await ctx.run('echo a', { capture: false })).stdout`, answer: '' },
  'run(stdin)': { body: `return (await ctx.run('cat', { stdin: 'fed' })).stdout`, answer: 'fed' },
  'run(timeout_s)': {
    body: `return ctx.run('sleep 60', { timeout_s: 0.1 }).catch((error) => error.code)`,
    answer: 'COMMAND_TIMEOUT',
  },
  'run(interactive)': { body: `return (await ctx.run('true', { interactive: true })).exit_code`, answer: 0 },
  'run, failing': {
    body: `return ctx.run('echo why; exit 5').catch(({ code, exit_code, stdout }) => [code, exit_code, stdout])`,
    answer: ['COMMAND_FAILED', 5, 'why\n'],
  },
};

/** Rows of the fetch and stage phases, for which something has to be there to be fetched. */
function fetchRows(url: (path: string) => string): Record<string, Row> {
  const archive = `export const fetch = '${url('/a.tar.gz')}';`;
  const unpacked = ['top', 'top/file'];
  const stage = (body: string): string => `${body} return [count, await ctx.list('.', { recursive: true })];`;
  return {
    fetch: {
      phase: 'fetch',
      body: `return [await ctx.fetch('${url('/flour')}'), await ctx.fetch([{ url: '${url('/salt')}', dest: 's' }]), await ctx.list(ctx.tmp_dir)]`,
      answer: [['flour'], ['s'], ['flour', 's']],
    },
    commit_fetch: {
      phase: 'fetch',
      body: `await ctx.fetch(['${url('/flour')}', '${url('/salt')}']);
        await ctx.commit_fetch(['flour', { filename: 'salt', sha256: '${sha256('salt')}' }]);
        return [await ctx.list(ctx.fetch_dir), await ctx.read(ctx.path.join(ctx.fetch_dir, 'salt'))];`,
      answer: [['flour', 'salt'], 'salt'],
    },
    import: {
      phase: 'fetch',
      body: `await ctx.write('made', 'here'); await ctx.import('made', 'named', '${sha256('here')}'); return ctx.list(ctx.fetch_dir)`,
      answer: ['named'],
    },
    extract: {
      phase: 'stage',
      more: archive,
      body: stage(`const count = await ctx.extract('a.tar.gz');`),
      answer: [2, unpacked],
    },
    'extract(dest, strip_components)': {
      phase: 'stage',
      more: archive,
      body: stage(`const count = await ctx.extract('a.tar.gz', { dest: 'd', strip_components: 1 });`),
      answer: [1, ['d', 'd/file']],
    },
    extract_all: {
      phase: 'stage',
      more: archive,
      body: stage('const count = await ctx.extract_all();'),
      answer: [2, unpacked],
    },
    'extract_all(strip_components)': {
      phase: 'stage',
      more: archive,
      body: stage('const count = await ctx.extract_all({ strip_components: 1 });'),
      answer: [1, ['file']],
    },
  };
}

/** `extract(dest, strip_components)` → `ctx.extract-dest-strip_components@r1`. */
const identityOf = (name: string): string => `ctx.${name.replace(/[^a-z_.]+/g, '-').replace(/-$/, '')}@r1`;

/** What the verb answers becomes a file that ends up in the asset, whatever the phase. */
function recipeOf({ phase = 'build', body, more = '' }: Row): string {
  const dir = phase === 'fetch' ? 'ctx.fetch_dir' : 'ctx.stage_dir';
  return `${more}
    async function answer(ctx) { ${body} }
    export async function ${phase}(ctx) {
      const text = JSON.stringify(await answer(ctx));
      await ctx.write(ctx.path.join(${dir}, 'answer.json'), text);
    }`;
}

test('every member of ctx answers as its page says', async () => {
  const archive = gzipSync(await tarOf({ 'top/': '', 'top/file': 'in the archive' }));
  const server = await startServer({ '/flour': 'flour', '/salt': 'salt', '/a.tar.gz': archive });
  const table = { ...FACTS, ...HELPERS, ...FILES, ...RUNS, ...fetchRows(server.url) };
  const project = await createProject({
    'recipes/test.dep@r1.js': `
      export const products = { tool: 'bin/tool' };
      export const install = 'mkdir bin; echo tool > bin/tool';`,
    ...Object.fromEntries(
      Object.entries(table).map(([name, row]) => [`recipes/${identityOf(name)}.js`, recipeOf(row)]),
    ),
  });
  const { events } = await succeed(project, 'sync --jobs 3');
  const answers: Record<string, unknown> = {};
  for (const name of Object.keys(table)) {
    const { 'answer.json': text } = await assetOf(project, identityOf(name));
    answers[name] = text && JSON.parse(text);
  }
  expect(answers).toEqual(Object.fromEntries(Object.entries(table).map(([name, { answer }]) => [name, answer])));
  expect(events.output(identityOf('run(quiet)'))).toEqual([]);
  expect(events.of('terminal.borrowed').map((event) => event.package)).toEqual([identityOf('run(interactive)')]);
});

test('ctx.log tells each level, and values as JSON', async () => {
  const project = await createProject({
    'recipes/test.log@r1.js': `
      export function install(ctx) {
        ctx.log.debug('d'); ctx.log.info('i'); ctx.log.warn('w'); ctx.log.error({ e: 1 });
      }`,
  });
  const { events } = await succeed(project, 'sync');
  const told = events.of('log.message', 'test.log@r1').map(({ level, text }) => `${level} ${text}`);
  expect(told).toEqual(['debug d', 'info i', 'warn w', 'error {"e":1}']);
});
