// A sandbox with real worker threads and a directory of modules, for tests. Knows no test.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import type { ModuleSource } from '../model/module.ts';
import type { Limits } from '../sandbox/limits.ts';
import { createSandbox, type VerbCall } from '../sandbox/sandbox.ts';
import { systemClock } from '../system/clock.ts';
import { createFiles } from '../system/files.ts';

/** Short enough for tests that run into it, long enough for a busy machine. */
const QUICK: Partial<Limits> = { sliceMs: 200, graceMs: 300 };

export interface SandboxRig extends AsyncDisposable {
  dir: string;
  sandbox: ReturnType<typeof createSandbox>;
  /** Writes files, of which the first is the entry. */
  module(files: Record<string, string> | string): ModuleSource;
  /** Calls `build` of a module whose text is given. */
  build(text: string, more?: Partial<VerbCall>): Promise<Json | undefined>;
}

export function createSandboxRig({
  workers = 4,
  limits = QUICK,
  signal = new AbortController().signal,
} = {}): SandboxRig {
  const dir = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'galley-sandbox-')));
  const runtimeDir = path.join(import.meta.dirname, '../../runtime');
  const host = { os: 'linux', arch: 'x86_64' };
  const files = createFiles();
  const sandbox = createSandbox({ runtimeDir, host, limits, workers, clock: systemClock, files, signal });
  let modules = 0;

  function module(content: Record<string, string> | string): ModuleSource {
    const texts = typeof content === 'string' ? { 'recipe.js': content } : content;
    const rootDir = path.join(dir, `${++modules}`);
    for (const [name, text] of Object.entries(texts)) {
      const file = path.join(rootDir, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return { entryFile: path.join(rootDir, Object.keys(texts)[0] as string), rootDir };
  }

  return {
    dir,
    sandbox,
    module,
    build: (text, more = {}) =>
      sandbox.call({
        module: module(text),
        path: ['build'],
        verb: 'build',
        facts: {},
        methods: ['run', 'write', 'read'],
        host: () => undefined,
        signal: new AbortController().signal,
        ...more,
      }),
    async [Symbol.asyncDispose]() {
      await sandbox[Symbol.asyncDispose]();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The failure a promise ends with; anything else is an error of the test. */
export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const end = await promise.then(
    (value) => ({ value }),
    (error: Failure) => ({ error }),
  );
  if ('value' in end) throw new Error(`Expected a failure, found ${JSON.stringify(end.value)}`);
  return end.error;
}
