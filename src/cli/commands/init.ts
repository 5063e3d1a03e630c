// `galley init`: the first files of a project, or of a recipe. Knows no engine: what it writes are templates.
import path from 'node:path';
import { formatEditorConfig, writeTypes } from '../../build/editor.ts';
import type { Services } from '../../build/services.ts';
import { LAUNCHER_NAME } from '../../build/tool-version.ts';
import { Failure } from '../../model/failure.ts';
import { parseIdentity } from '../../model/identity.ts';
import { MANIFEST_NAME } from '../../recipe/discover.ts';
import type { Answer, Run } from '../answer.ts';

/** Lines of galley.lock are complete in themselves: those of two branches may stand side by side. */
const MERGES = 'galley.lock merge=union';

/** A file that is to be written, unless it is there. */
interface Draft {
  file: string;
  text: string;
  mode?: number;
  /** Git's own file, to which others write, too: the line is added unless one like this is there. */
  unless?: RegExp;
}

/** Never touches what is there, except that a line is added to each of git's files. */
export const run: Run = async (services, { settings, args, flags }) => {
  const rootDir = path.resolve(services.cwd, args[0] ?? '.');
  if (flags.launcher) return await writeLauncher(rootDir, services, settings.dryRun);
  const identity = flags.recipe;
  const drafts =
    typeof identity === 'string'
      ? [await draftRecipe(rootDir, identity, services)]
      : await draftProject(rootDir, services);
  for (const draft of drafts) await settle(draft, services, settings.dryRun);
  if (typeof identity !== 'string' && !settings.dryRun) await writeTypes(rootDir, services);
  if (typeof identity === 'string')
    say(services, `Next: add "${identity}" to the packages in ${MANIFEST_NAME}, then "galley sync"`);
  else
    say(
      services,
      `Next: name packages in ${MANIFEST_NAME}, then "galley sync"; "galley init --recipe" starts a recipe`,
    );
  return { status: 0 };
};

/** A launcher is worth nothing without a version to get. */
async function writeLauncher(rootDir: string, services: Services, dryRun: boolean): Promise<Answer> {
  const { files, runtimeDir, version } = services;
  const text = await files.readText(path.join(runtimeDir, 'launchers', LAUNCHER_NAME));
  await settle({ file: path.join(rootDir, LAUNCHER_NAME), text, mode: 0o755 }, services, dryRun);
  const manifest = await files.findText(path.join(rootDir, MANIFEST_NAME));
  const pin = `export const galley = '${version}';`;
  const first = manifest === undefined ? '"galley init", then ' : '';
  if (!/^export const galley\b/m.test(manifest ?? '')) say(services, `Next: ${first}add "${pin}" to ${MANIFEST_NAME}`);
  say(services, `Check in ./${LAUNCHER_NAME}, and run it instead of galley`);
  return { status: 0 };
}

async function draftProject(rootDir: string, { files, runtimeDir }: Services): Promise<Draft[]> {
  const manifest = await files.readText(path.join(runtimeDir, 'templates', MANIFEST_NAME));
  return [
    { file: path.join(rootDir, MANIFEST_NAME), text: manifest },
    { file: path.join(rootDir, 'jsconfig.json'), text: formatEditorConfig() },
    { file: path.join(rootDir, '.gitignore'), text: '.galley/\n', unless: /^\/?\.galley\/?\s*$/m },
    { file: path.join(rootDir, '.gitattributes'), text: `${MERGES}\n`, unless: /^\/?galley\.lock\s.*\bmerge\b/m },
  ];
}

async function draftRecipe(rootDir: string, text: string, { files, runtimeDir }: Services): Promise<Draft> {
  const identity = parseIdentity(text);
  if (!identity) {
    const hint = 'Write it as namespace.name@revision in lower case, for example acme.zlib@r1';
    throw new Failure('USAGE', `Cannot name a recipe "${text}"`, { hint });
  }
  const template = await files.readText(path.join(runtimeDir, 'templates', 'recipe.js'));
  const file = path.join(rootDir, 'recipes', `${text}.js`);
  return { file, text: template.replaceAll('{{identity}}', text).replaceAll('{{name}}', identity.name) };
}

async function settle({ file, text, mode, unless }: Draft, services: Services, dryRun: boolean): Promise<void> {
  const found = await services.files.findText(file);
  const addition = unless && found !== undefined && !unless.test(found) ? withLine(found, text) : undefined;
  if (found !== undefined && addition === undefined)
    return say(services, `${file} is there already and stays as it is`);
  say(services, `${dryRun ? 'Would write' : 'Writing'} ${file}`);
  if (dryRun) return;
  await services.files.ensureDir(path.dirname(file));
  await services.files.writeAtomic(file, addition ?? text, mode === undefined ? {} : { mode });
}

function withLine(found: string, line: string): string {
  return `${found}${found === '' || found.endsWith('\n') ? '' : '\n'}${line}`;
}

function say({ emit }: Services, text: string): void {
  emit({ type: 'log.message', level: 'info', text });
}
