// The composition root: everything a run needs from the world, made from what the process was given. Heavy parts are
// imported and made when they are first asked for, once, and closed together.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Services } from './build/services.ts';
import { projectSettingsFile, userSettingsFile } from './cli/settings-file.ts';
import type { FetcherOptions } from './fetch/fetcher.ts';
import type { Emit } from './model/event.ts';
import { Failure } from './model/failure.ts';
import type { SandboxOptions } from './sandbox/sandbox.ts';
import { systemClock } from './system/clock.ts';
import type { Files } from './system/files.ts';
import { findMachine, findPlatform, homeDir, type Machine, typicalMachine } from './system/host.ts';
import { VERSION } from './version.ts';

/** Phase functions that are live at the same time, each in a thread of about 17 MB: more would cost memory, not save time. */
const SANDBOX_WORKERS = 4;

/** What the process was given, and what the run has made of it. */
export interface Given {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  stdin: Services['stdin'];
  invocation: Services['invocation'];
  files: Files;
  emit: Emit;
  isLagging: Services['isLagging'];
  signal: AbortSignal;
}

export function createServices(given: Given): Services {
  const { env, files } = given;
  const clock = systemClock;
  const platform = supportedPlatform();
  const runtimeDir = ownPath('runtime');
  const opened = new AsyncDisposableStack();

  const command = ['galley', ...given.invocation.argv].join(' ');
  const locks = once(async () => (await import('./system/lock.ts')).createLocks({ clock }));

  const cache: Services['cache'] = once(async ({ cacheRoot }) => {
    const [{ openCache }, ours] = await Promise.all([import('./cache/cache.ts'), locks()]);
    const place = { rootDir: cacheRoot, homeDir: homeDir(env) };
    return await openCache({ ...place, files, locks: ours, clock, command, signal: given.signal });
  });

  const fetching: FetchingParts = {
    opened,
    given,
    clock,
    cache,
    lock: async (file, signal) => await (await locks()).acquire(file, { signal, command }),
  };

  const services: Services = {
    ...given,
    ...{ version: VERSION, platform, clock, runtimeDir, recipesDir: ownPath('recipes'), cache },
    fetcher: createFetching(fetching, () => findMachine(platform)),
    ...createPrograms(opened, { runtimeDir, host: platform, clock, files, signal: given.signal }),
    random: Math.random,
    settingsFiles: (manifest) =>
      [projectSettingsFile(manifest), userSettingsFile(env)].filter((file) => file !== undefined),
    forPlatform: (other) => ({
      ...services,
      platform: other,
      fetcher: createFetching(fetching, () => typicalMachine(other)),
      ...createPrograms(opened, { runtimeDir, host: other, clock, files, signal: given.signal }),
    }),
    close: () => opened.disposeAsync(),
  };
  return services;
}

interface FetchingParts extends Pick<FetcherOptions, 'clock' | 'lock'> {
  opened: AsyncDisposableStack;
  given: Given;
  cache: Services['cache'];
}

/** @param machine what registries with a file for each platform are asked for */
function createFetching(
  { opened, given, cache, ...parts }: FetchingParts,
  machine: () => Machine,
): Services['fetcher'] {
  const { env, cwd, files, emit } = given;
  return once(async (settings) => {
    const projectDir = settings.manifest === undefined ? cwd : dirname(settings.manifest);
    const [{ createHttp }, { createFetcher }] = await Promise.all([
      import('./system/http.ts'),
      import('./fetch/fetcher.ts'),
    ]);
    const http = opened.use(createHttp({ env, timeouts: { stallMs: settings.fetchTimeout * 1000 } }));
    const store = (await cache(settings)).downloads;
    const { offline, mirrors, tokens } = settings;
    const ours = { http, store, files, random: Math.random, emit, offline, mirrors, tokens, env, projectDir, machine };
    return createFetcher({ ...parts, ...ours });
  });
}

type Programs = Pick<Services, 'sandbox' | 'unpackers' | 'couriers'>;
type ProgramParts = Pick<SandboxOptions, 'runtimeDir' | 'host' | 'files' | 'signal'> & Pick<Services, 'clock'>;

/** What runs beside us, in threads and processes of its own. */
function createPrograms(opened: AsyncDisposableStack, parts: ProgramParts): Programs {
  return {
    sandbox: once(async () => {
      const { createSandbox } = await import('./sandbox/sandbox.ts');
      const workerUrl = programUrl('worker', './sandbox/worker.ts');
      return opened.use(createSandbox({ ...parts, workerUrl, workers: SANDBOX_WORKERS }));
    }),
    unpackers: once(async () => {
      const { createUnpackers } = await import('./build/unpacking/offload.ts');
      const threadUrl = programUrl('unpacker', './build/unpacking/thread.ts');
      return opened.use(createUnpackers({ threadUrl, clock: parts.clock }));
    }),
    couriers: once(async () => {
      const { createCouriers } = await import('./system/courier/courier.ts');
      const url = programUrl('courier', './system/courier/main.ts');
      return opened.use(createCouriers({ url, clock: parts.clock }));
    }),
  };
}

/** A run has one set of settings, so that the first answer serves all. */
function once<A extends unknown[], T>(make: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
  let made: Promise<T> | undefined;
  return (...args) => {
    made ??= make(...args);
    return made;
  };
}

function supportedPlatform(): Services['platform'] {
  const platform = findPlatform();
  if (platform) return platform;
  const hint = 'Galley runs on Linux and macOS, on x86_64 and arm64';
  throw new Failure('PLATFORM_UNSUPPORTED', 'Cannot work on this operating system or processor', { hint });
}

/** A directory of the installation: `src/` and `dist/` are both directly below its root. */
export function ownPath(name: string): string {
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}

/** Run from the sources, a program of our own is a source too; the bundle has it beside its other files. */
function programUrl(name: string, source: string): URL {
  return new URL(import.meta.url.endsWith('.ts') ? source : `./${name}.mjs`, import.meta.url);
}
