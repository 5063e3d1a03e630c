// What editors know of manifests and recipes: the types of the galley that runs, in the project's own directory. So the
// editor configuration is the same on every machine and can be checked in.
import path from 'node:path';
import type { Services } from './services.ts';

type Place = Pick<Services, 'files' | 'runtimeDir'>;

/** Relative to the project. */
const TYPES_PATH = '.galley/types';

/** Whichever of them a project has. */
const CONFIGS = ['jsconfig.json', 'tsconfig.json'];

/** The text of a first `jsconfig.json`. */
export function formatEditorConfig(): string {
  const compilerOptions = {
    ...{ checkJs: true, noEmit: true, strict: true, noImplicitAny: false },
    ...{ module: 'esnext', moduleResolution: 'bundler', target: 'es2023', lib: ['es2023'], types: [] },
    paths: { 'galley/*': [`./${TYPES_PATH}/*.d.ts`] },
  };
  const include = ['galley.js', 'recipes', `${TYPES_PATH}/*.d.ts`];
  return `${JSON.stringify({ compilerOptions, include }, null, 2)}\n`;
}

/** Makes them those of this version. */
export async function writeTypes(rootDir: string, { files, runtimeDir }: Place): Promise<void> {
  const ours = path.join(runtimeDir, 'types');
  const typesDir = path.join(rootDir, TYPES_PATH);
  await files.ensureDir(typesDir);
  for (const name of await files.list(ours)) {
    const text = await files.readText(path.join(ours, name));
    await files.writeIfChanged(path.join(typesDir, name), text, { durable: false });
  }
}

/** The same, in a project whose editor configuration looks for them. */
export async function refreshTypes(rootDir: string, place: Place): Promise<void> {
  const texts = await Promise.all(CONFIGS.map((name) => place.files.findText(path.join(rootDir, name))));
  if (texts.some((text) => text?.includes(TYPES_PATH))) await writeTypes(rootDir, place);
}
