// The modules of one evaluation: resolves static imports inside the recipe's directory and its bundles, and hands their
// texts to the engine. Knows nothing of what the modules say.
import path from 'node:path';
import type { FailureFacts } from '../model/event.ts';
import type { Location } from '../model/location.ts';
import type { ModuleSource } from '../model/module.ts';
import { isBelow, readSource } from '../system/source.ts';
import { locateText } from './stack.ts';

/** A module name that no file has: errors of the engine's resolver get lost, so the loader raises them for it. */
const REFUSED = 'refused:';

export class Modules {
  readonly #module: ModuleSource;
  /** Every loaded module: its text, and the directory that its own imports stay below. */
  readonly #loaded = new Map<string, { text: string; rootDir: string }>();
  readonly #bundles = new Map<string, Location>();
  readonly #refusals = new Map<string, FailureFacts>();
  /** After linking, whatever is still imported is imported dynamically. */
  linked = false;

  constructor(module: ModuleSource) {
    this.#module = module;
  }

  /** Absolute paths, sorted. */
  get files(): string[] {
    return [...this.#loaded.keys()].sort();
  }

  /** What modules below the root of the entry import from: alias → where they first do. */
  get bundles(): Record<string, Location> {
    return Object.fromEntries(this.#bundles);
  }

  has(file: string): boolean {
    return this.#loaded.has(file);
  }

  /** Why an import was refused, found by the message of the error that the author saw. */
  findRefusal(message: string): FailureFacts | undefined {
    return this.#refusals.get(message);
  }

  /** The text of the entry, or the message of its refusal. */
  readEntry(): { text: string; refusal?: undefined } | { text?: undefined; refusal: FailureFacts } {
    const { entryFile, rootDir } = this.#module;
    const source = readSource(entryFile, rootDir);
    if (source.refused === undefined) {
      this.#loaded.set(entryFile, { text: source.text, rootDir });
      return { text: source.text };
    }
    return { refusal: { code: 'IMPORT_REFUSED', message: `Cannot load "${entryFile}": ${source.refused}` } };
  }

  /** The name by which the engine asks `load` for an import. */
  resolve(importer: string, specifier: string): string {
    if (this.linked) return this.#refuse(importer, specifier, 'dynamic imports are not allowed', { hint: DYNAMIC });
    const target = this.#locate(importer, specifier);
    if (target === undefined && specifier.startsWith('bundle:'))
      return this.#refuse(importer, specifier, 'it names no file of the bundle', { hint: BUNDLE_FORM });
    if (target === undefined)
      return this.#refuse(importer, specifier, 'only "./", "../" and "bundle:" imports exist', { hint: FORMS });
    const { file, rootDir, alias } = target;
    if (rootDir === undefined) return this.#refuseAlias(importer, specifier, alias);
    if (!isBelow(rootDir, file)) return this.#refuse(importer, specifier, `it leads outside "${rootDir}"`);
    if (this.#loaded.has(file)) return file;
    const source = readSource(file, rootDir);
    if (source.refused !== undefined) return this.#refuse(importer, specifier, source.refused);
    this.#loaded.set(file, { text: source.text, rootDir });
    return file;
  }

  load(name: string): string {
    const module = this.#loaded.get(name);
    if (module === undefined) throw new Error(name.slice(REFUSED.length));
    return module.text;
  }

  /** An import of a name that the imported module does not export: the engine tells neither importer nor line. */
  describeMissingExport(message: string): FailureFacts | undefined {
    const [, name = '', shown] = /^Could not find export '(.*)' in module '(.*?)'?$/.exec(message) ?? [];
    if (shown === undefined) return undefined;
    // Its messages have at most 255 bytes, so a long path is cut.
    const file = [...this.#loaded.keys()].find((known) => known.startsWith(shown)) ?? shown;
    const base = path.basename(file);
    const importer = [...this.#loaded].find(([, { text }]) => text.includes(base) && text.includes(name));
    const location = importer && locateText(importer[0], importer[1].text, name);
    return { code: 'IMPORT_REFUSED', message: `"${base}" does not export "${name}"`, ...(location && { location }) };
  }

  /** Without a root for an alias that nobody has said the meaning of. */
  #locate(
    importer: string,
    specifier: string,
  ): { file: string; rootDir: string | undefined; alias: string } | undefined {
    const rootDir = this.#rootOf(importer);
    const [, alias, inBundle = ''] = /^bundle:([^/]+)\/(.+)$/.exec(specifier) ?? [];
    if (alias !== undefined) {
      const bundleDir = ownValue(ownValue(this.#module.bundles, rootDir), alias);
      if (rootDir === this.#module.rootDir && !this.#bundles.has(alias))
        this.#bundles.set(alias, this.#placeOf(importer, specifier));
      return { file: path.resolve(bundleDir ?? '', inBundle), rootDir: bundleDir, alias };
    }
    if (!/^\.\.?\//.test(specifier)) return undefined;
    return { file: path.resolve(path.dirname(importer), specifier), rootDir, alias: '' };
  }

  #rootOf(importer: string): string {
    return this.#loaded.get(importer)?.rootDir ?? this.#module.rootDir;
  }

  #placeOf(importer: string, specifier: string): Location {
    const text = this.#loaded.get(importer)?.text ?? '';
    const needles = this.linked ? ['import(', 'import ('] : [`'${specifier}'`, `"${specifier}"`];
    return locateText(importer, text, ...needles) ?? { file: importer, line: 1, column: 1 };
  }

  /** The facts tell who made the module what to find before it is evaluated again. */
  #refuseAlias(importer: string, specifier: string, bundle: string): string {
    const facts = { bundle, importer_root: this.#rootOf(importer) };
    const hint = 'Only recipes import from bundles, from those that their manifest or bundle names';
    return this.#refuse(importer, specifier, `nothing here says what bundle "${bundle}" is`, { hint, facts });
  }

  #refuse(
    importer: string,
    specifier: string,
    reason: string,
    detail: Pick<FailureFacts, 'hint' | 'facts'> = {},
  ): string {
    const message = `Cannot import "${specifier}" in "${path.basename(importer)}": ${reason}`;
    const location = this.#placeOf(importer, specifier);
    this.#refusals.set(message, { code: 'IMPORT_REFUSED', message, location, ...detail });
    return REFUSED + message;
  }
}

/** Names come from modules, and `constructor` is such a name. */
function ownValue<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}

const DYNAMIC = 'Import at the top of the module: import { name } from "./file.js"';
const FORMS = 'Recipes have no packages and no built-in modules; use ctx, or copy the code next to the recipe';
const BUNDLE_FORM = 'Write bundle:<alias>/<path of the file in the bundle>';
