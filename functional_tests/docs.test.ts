// What the documentation shows is executed: the recipes, the manifest and the files of a page are one project, which is
// synced, and then its shell blocks run in it, in their order. A page with `console` blocks is a session instead.
import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { expectGolden } from '../src/testing/golden.ts';
import { cleanEnvironment, PROGRAM, succeed } from './rig/galley.ts';
import { createProject, type Files, type Project } from './rig/project.ts';
import { networkEnvironment, overSharedCache } from './rig/shared-cache.ts';
import { FILE_TAG, isConsole, retell } from './rig/transcript.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const PAGES = ['README.md', ...globSync('docs/**/*.md', { cwd: ROOT })].sort();

/** What follows the three backticks, and the text between. */
interface Block {
  tag: string;
  text: string;
}

/** Pages build real software from its upstreams. */
const LONG = { timeout: 300_000 };

/** The declarations as their comments read. */
const TYPED = globSync('runtime/types/*.d.ts', { cwd: ROOT })
  .map((file) => readFileSync(path.join(ROOT, file), 'utf8').replace(/^ *\* ?/gm, ''))
  .join('\n');

const EXECUTED = ['js recipe', 'js manifest', 'sh'];

/** What looks as if it could be run. */
const CODE = /^(js|javascript|ts|bash|shell|console)\b/;

function blocksOf(page: string): Block[] {
  const text = readFileSync(path.join(ROOT, page), 'utf8');
  return [...text.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(([, tag = '', body = '']) => ({
    tag: tag.trim(),
    text: body,
  }));
}

for (const page of PAGES) {
  const blocks = blocksOf(page);
  const [recipes, manifests, scripts] = EXECUTED.map((tag) => blocks.filter((block) => block.tag === tag)) as [
    Block[],
    Block[],
    Block[],
  ];

  if (blocks.some(({ tag }) => isConsole(tag))) {
    test(`what ${page} shows is what a session says`, LONG, async () => {
      const file = path.join(ROOT, page);
      expectGolden(file, await retell(readFileSync(file, 'utf8'), await createProject()));
    });
  } else if (recipes.length + manifests.length + scripts.length > 0) {
    test(`what ${page} shows works`, LONG, async () => {
      expect(manifests.length, 'a page tells of one project').toBeLessThanOrEqual(1);
      const project = overSharedCache(
        await createProject({ ...filesOf(recipes, manifests[0]), ...otherFiles(blocks) }),
      );
      await succeed(project, 'sync', { env: networkEnvironment() });
      for (const { text } of scripts) await runScript(text, project);
    });
  }

  test(`${page} has no block of code that nobody runs, and no link to a file that is not there`, () => {
    const idle = blocks.filter((block) => CODE.test(block.tag) && !isExecuted(block));
    expect(idle.map(({ tag, text }) => `${tag}: ${text}`)).toEqual([]);
    expect(linksOf(page).filter((file) => !existsSync(file))).toEqual([]);
  });
}

/** `js typed`: made from the declarations, whose examples types.test.ts checks. */
function isExecuted({ tag, text }: Block): boolean {
  if (tag === 'js typed') return TYPED.includes(text.trim());
  return EXECUTED.includes(tag) || FILE_TAG.test(tag) || isConsole(tag);
}

test('the index leads to every page', () => {
  const indexes = ['docs/README.md', 'docs/reference/errors.md', 'docs/design/decisions/README.md'];
  const known = new Set([...indexes.flatMap(linksOf), path.join(ROOT, 'README.md'), path.join(ROOT, 'docs/README.md')]);
  expect(PAGES.filter((page) => !known.has(path.join(ROOT, page)))).toEqual([]);
});

function filesOf(recipes: readonly Block[], manifest: Block | undefined): Files {
  const named = recipes.map(({ text }) => [`recipes/${/identity = '(.+)'/.exec(text)?.[1]}.js`, text]);
  return { ...Object.fromEntries(named), ...(manifest && { 'galley.js': manifest.text }) };
}

function otherFiles(blocks: readonly Block[]): Files {
  return Object.fromEntries(
    blocks.flatMap(({ tag, text }) => (FILE_TAG.test(tag) ? [[FILE_TAG.exec(tag)?.[1], text]] : [])),
  );
}

async function runScript(text: string, project: Project): Promise<void> {
  const galley = `galley() { '${process.execPath}' '${PROGRAM}' "$@"; }`;
  await promisify(execFile)('bash', ['-euc', `${galley}\n${text}`], {
    cwd: project.dir,
    env: { ...cleanEnvironment(project), ...networkEnvironment() },
  });
}

/** Absolute paths of the files that a page leads to. */
function linksOf(page: string): string[] {
  const text = readFileSync(path.join(ROOT, page), 'utf8').replace(/^```[\s\S]*?^```$/gm, '');
  return [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link = '']) =>
    path.resolve(ROOT, path.dirname(page), link),
  );
}
