// One cache for the tests that build real software from its upstreams, made anew for each test run: what one of them
// has built, the others find.
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inject } from 'vitest';
import type { TestProject } from 'vitest/node';
import { removeAll } from './disk.ts';
import type { Project } from './project.ts';

declare module 'vitest' {
  interface ProvidedContext {
    sharedCacheDir: string;
  }
}

/** Called by vitest once, before the first test. */
export async function setup(run: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(path.join(await realpath(tmpdir()), 'galley-shared-'));
  run.provide('sharedCacheDir', dir);
  return () => removeAll(dir);
}

/** The same project over the cache that all share. */
export function overSharedCache(project: Project): Project {
  return { ...project, cacheDir: inject('sharedCacheDir') };
}

/** How this machine reaches the world: the part of a person's environment that a real download needs. */
export function networkEnvironment(): Record<string, string> {
  const names = /^(https?_proxy|no_proxy|all_proxy|node_extra_ca_certs|ssl_cert_file|ssl_cert_dir)$/i;
  const found = Object.entries(process.env).filter(([name, value]) => names.test(name) && value !== undefined);
  return Object.fromEntries(found) as Record<string, string>;
}

/** Where this machine's compilers are that live in a person's home directory, which a test replaces by its own. */
export function toolchainEnvironment(): Record<string, string> {
  const { HOME = '', RUSTUP_HOME = path.join(HOME, '.rustup') } = process.env;
  return { RUSTUP_HOME };
}
