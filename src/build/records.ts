// What this checkout remembers between runs, in `<project>/.galley`: which asset of a package was deployed last. Losing
// it costs a deploy that was not necessary, never a wrong one.
import path from 'node:path';
import { isJsonObject, type Json } from '../model/json.ts';
import type { Files } from '../system/files.ts';

export class Records {
  readonly #files: Files;
  readonly #file: string;
  readonly #deployed: Map<string, string>;
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(files: Files, file: string, deployed: Map<string, string>) {
    this.#files = files;
    this.#file = file;
    this.#deployed = deployed;
  }

  static async open(files: Files, stateDir: string): Promise<Records> {
    const file = path.join(stateDir, 'deployed.json');
    return new Records(files, file, await readKeys(files, file));
  }

  /** The key that the package had at its last successful deploy; empty while one is due that has not worked. */
  deployedKey(label: string): string | undefined {
    return this.#deployed.get(label);
  }

  /** Remembers that a deploy is due until it works: nothing else will tell, once the package itself is there. */
  async setDue(label: string): Promise<void> {
    await this.setDeployed(label, '');
  }

  /** Kept at once: a run that is killed later must not deploy this again. */
  async setDeployed(label: string, key: string): Promise<void> {
    this.#deployed.set(label, key);
    this.#writing = this.#writing.then(async () => {
      const keys = new Map([...(await readKeys(this.#files, this.#file)), ...this.#deployed]);
      const sorted = Object.fromEntries([...keys].sort(([a], [b]) => (a < b ? -1 : 1)));
      await this.#files.ensureDir(path.dirname(this.#file));
      await this.#files.writeIfChanged(this.#file, `${JSON.stringify(sorted, undefined, 2)}\n`);
    });
    await this.#writing;
  }
}

async function readKeys(files: Files, file: string): Promise<Map<string, string>> {
  const value = parse(await files.findText(file));
  if (!isJsonObject(value)) return new Map();
  return new Map(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** Text that is no JSON is what a crash or a person left: the records start anew. */
function parse(text: string | undefined): Json | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}
