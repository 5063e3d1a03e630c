// What was placed from this checkout, in `.galley/outputs.json`: so that what is up to date is not copied again, and what
// nobody wants any more can be removed. Losing it costs copies that were not necessary, never a file of somebody else.
import path from 'node:path';
import { isJsonObject, type Json } from '../model/json.ts';
import { OUTPUT_RECORD, type OutputResult } from '../model/output.ts';
import type { Files } from '../system/files.ts';

/** An output as it was left. */
export interface PlacedOutput extends OutputResult {
  /** Tells whether the file was touched since. */
  stamp: string;
  /** The manifest asked for it. */
  isDeclared: boolean;
  /** What it was placed for: of two outputs of one name, each may be for another platform. */
  platform: string;
}

export class OutputRecord {
  readonly #files: Files;
  readonly #stateDir: string;
  readonly #known: Map<string, PlacedOutput>;
  /** What this run has changed: `undefined` for what it has removed. */
  readonly #changed = new Map<string, PlacedOutput | undefined>();

  private constructor(files: Files, stateDir: string, known: Map<string, PlacedOutput>) {
    this.#files = files;
    this.#stateDir = stateDir;
    this.#known = known;
  }

  static async open(files: Files, stateDir: string): Promise<OutputRecord> {
    return new OutputRecord(files, stateDir, await read(files, stateDir));
  }

  find(outputPath: string): PlacedOutput | undefined {
    return this.#known.get(outputPath);
  }

  /** As this run leaves it. */
  all(): PlacedOutput[] {
    const outputs = new Map([...this.#known, ...this.#changed]);
    return [...outputs.values()].filter((output) => output !== undefined);
  }

  get isChanged(): boolean {
    return this.#changed.size > 0;
  }

  set(output: PlacedOutput): void {
    this.#changed.set(output.outputPath, output);
  }

  delete(outputPath: string): void {
    this.#changed.set(outputPath, undefined);
  }

  /** Adds the changes to whatever the file holds by now; the caller holds the lock of the file. */
  async save(): Promise<void> {
    const outputs = await read(this.#files, this.#stateDir);
    for (const [name, output] of this.#changed) {
      if (output === undefined) outputs.delete(name);
      else outputs.set(name, output);
    }
    const sorted = [...outputs.values()].sort((a, b) => (a.outputPath < b.outputPath ? -1 : 1));
    await this.#files.ensureDir(this.#stateDir);
    const record = { written_for: this.#stateDir, outputs: sorted.map(encode) };
    await this.#files.writeIfChanged(fileIn(this.#stateDir), `${JSON.stringify(record, undefined, 2)}\n`);
  }
}

const fileIn = (stateDir: string): string => path.join(stateDir, OUTPUT_RECORD);

/** Of a project that was copied, the record tells the outputs of the other one, which are not ours to remove. */
async function read(files: Files, stateDir: string): Promise<Map<string, PlacedOutput>> {
  const value = parse(await files.findText(fileIn(stateDir)));
  const isOurs = isJsonObject(value) && value.written_for === stateDir;
  const rows = isOurs && Array.isArray(value.outputs) ? value.outputs : [];
  return new Map(rows.flatMap(decode).map((output) => [output.outputPath, output]));
}

/** Text that is no JSON is what a person left: the record starts anew. */
function parse(text: string | undefined): Json | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}

/** The names that `galley build --json` has, too. */
const NAMES = {
  product: 'product',
  package: 'package',
  outputPath: 'output_path',
  bytesCopied: 'bytes_copied',
  copyDuration: 'copy_duration',
  sourceVerified: 'source_verified',
  effectiveSource: 'effective_source',
  checksum: 'checksum',
  stamp: 'stamp',
  isDeclared: 'declared',
  platform: 'platform',
} as const satisfies Record<keyof PlacedOutput, string>;

function encode(output: PlacedOutput): Json {
  return Object.fromEntries(Object.entries(output).map(([name, value]) => [NAMES[name as keyof PlacedOutput], value]));
}

/** Somebody may have checked one in: only whole rows count, and what they name is compared before it is touched. */
function decode(row: Json): PlacedOutput[] {
  if (!isJsonObject(row)) return [];
  const fields = Object.entries(NAMES).map(([name, written]) => [name, row[written]] as const);
  const output = Object.fromEntries(fields.filter(([, value]) => value !== undefined)) as unknown as PlacedOutput;
  const isWhole = [output.stamp, output.outputPath, output.platform].every((value) => typeof value === 'string');
  return isWhole && path.isAbsolute(output.outputPath) ? [output] : [];
}
