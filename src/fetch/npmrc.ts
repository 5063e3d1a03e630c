// The configuration of npm, as far as it says where packages come from, with which credentials and over which
// connections: the `.npmrc` of the project, of the user and of the machine, and `npm_config_…` variables.
import path from 'node:path';
import type { Connection } from '../system/agents.ts';
import type { Files } from '../system/files.ts';
import { findProgram } from '../system/probe.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface NpmConfig {
  /** Where packages of a scope (`@acme`; undefined: without scope) come from; ends in `/`. */
  registryOf(scope: string | undefined): string;
  /** Headers with the credentials for an address that a registry has named; none for anybody else's. */
  headersFor(url: string, registry: string): Record<string, string>;
  connection: Connection;
}

export interface NpmrcOptions {
  files: Files;
  env: Environment;
  projectDir: string;
}

export const PUBLIC_NPM = 'https://registry.npmjs.org/';

export async function readNpmConfig(options: NpmrcOptions): Promise<NpmConfig> {
  const settings = await readSettings(options);
  const get = (name: string) => settings.get(name);
  return {
    registryOf(scope) {
      const registry = (scope && get(`${scope}:registry`)) || get('registry') || PUBLIC_NPM;
      return registry.endsWith('/') ? registry : `${registry}/`;
    },
    headersFor(url, registry) {
      // The tarballs of a registry often lie beside it, under another path: what is known for it counts there as well.
      const isBeside = URL.parse(url)?.host === URL.parse(registry)?.host;
      return findCredentials(settings, url) ?? (isBeside ? findCredentials(settings, registry) : undefined) ?? {};
    },
    connection: await readConnection(settings, options),
  };
}

/** Name → value, of the strongest place that has it: variables, project, user, machine. */
async function readSettings({ files, env, projectDir }: NpmrcOptions): Promise<Map<string, string>> {
  const ofEnvironment = new Map(variables(env));
  const read = async (file: string | undefined) => {
    const text = file === undefined ? undefined : await files.findText(file);
    return parseNpmrc(text ?? '', env);
  };
  const inHome = env.HOME === undefined ? undefined : path.join(env.HOME, '.npmrc');
  const ofUser = await read(ofEnvironment.get('userconfig') ?? inHome);
  const prefix = ofEnvironment.get('prefix') ?? new Map(ofUser).get('prefix') ?? (await findPrefix(env));
  const ofMachine = await read(ofEnvironment.get('globalconfig') ?? (prefix && path.join(prefix, 'etc/npmrc')));
  return new Map([...ofMachine, ...ofUser, ...(await read(path.join(projectDir, '.npmrc'))), ...ofEnvironment]);
}

/** Where npm is installed; its own file lies below. */
async function findPrefix({ PATH }: Environment): Promise<string | undefined> {
  const npm = PATH && (await findProgram('npm', PATH));
  return npm ? path.dirname(path.dirname(npm)) : undefined;
}

/**
 * The lines of an `.npmrc`: `name = value`, comments with `;` and `#`, and `${VARIABLE}`. A variable that is not set stays
 * as it is written; `${VARIABLE?}` is empty then, and `${VARIABLE-words}` the words, as pnpm has it.
 */
export function parseNpmrc(text: string, env: Environment): [string, string][] {
  const expand = (value: string): string =>
    value.replace(
      /(?<!\\)\$\{([^${}?:-]+)(?:(\?)|(:?-)([^{}]*))?\}/g,
      (whole, name: string, ...[optional, dash, words = '']: (string | undefined)[]) =>
        (dash === ':-' ? env[name] || words : env[name]) ?? (dash ? words : optional ? '' : whole),
    );
  const lists = new Map<string, string>();
  return text.split('\n').flatMap((line): [string, string][] => {
    const [, written, raw] = /^\s*([^;#=[\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (written === undefined || raw === undefined) return [];
    const value = expand(plain(raw));
    const name = expand(written);
    if (!name.endsWith('[]')) return [[name, value]];
    // `ca[]` has a certificate in each of its lines.
    const all = lists.has(name) ? `${lists.get(name)}\n${value}` : value;
    lists.set(name, all);
    return [[name.slice(0, -2), all]];
  });
}

/** What stands in double quotes is JSON; a comment may follow what is not quoted. */
function plain(raw: string): string {
  if (/^".*"$/.test(raw)) {
    try {
      return `${JSON.parse(raw)}`;
    } catch {
      return raw.slice(1, -1);
    }
  }
  if (/^'.*'$/.test(raw)) return raw.slice(1, -1);
  return raw
    .replace(/(?<!\\)[;#].*$/, '')
    .replace(/\\([;#\\])/g, '$1')
    .trim();
}

/** `npm_config_strict_ssl` is `strict-ssl`; addresses and their credentials are as they are. */
function variables(env: Environment): [string, string][] {
  return Object.entries(env).flatMap(([variable, value]): [string, string][] => {
    const [, name] = /^npm_config_(.+)$/i.exec(variable) ?? [];
    if (name === undefined || !value) return [];
    return [[name.startsWith('//') ? name : name.replace(/(?!^)_/g, '-').toLowerCase(), value]];
  });
}

/** Credentials belong to a host and a path: the longest that the address lies in counts. */
function findCredentials(settings: Map<string, string>, url: string): Record<string, string> | undefined {
  const { host, pathname } = new URL(url);
  for (let place = pathname; ; place = place.slice(0, place.replace(/\/$/, '').lastIndexOf('/') + 1)) {
    for (const prefix of [`//${host}${place}`, `//${host}${place.replace(/\/$/, '')}`]) {
      const get = (name: string) => settings.get(`${prefix}:${name}`);
      const [token, basic, user, password] = [get('_authToken'), get('_auth'), get('username'), get('_password')];
      if (token) return { authorization: `Bearer ${token}` };
      if (basic) return { authorization: `Basic ${basic}` };
      if (user && password) return { authorization: `Basic ${btoa(`${user}:${atob(password)}`)}` };
    }
    if (place === '/' || place === '') return undefined;
  }
}

async function readConnection(settings: Map<string, string>, { files, env }: NpmrcOptions): Promise<Connection> {
  // What npm writes for "none".
  const get = (name: string) => [settings.get(name)].find((value) => value && !/^(?:null|false)$/.test(value));
  const cafile = get('cafile')?.replace(/^~(?=\/)/, env.HOME ?? '~');
  const ca = get('ca') ?? (cafile === undefined ? undefined : await files.findText(path.resolve(cafile)));
  return {
    proxy: get('https-proxy') ?? get('proxy'),
    noProxy: get('noproxy') ?? get('no-proxy'),
    authorities: ca,
    believedHosts: settings.get('strict-ssl') === 'false' ? ['*'] : [],
  };
}
