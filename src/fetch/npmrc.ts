// The configuration of npm, as far as it says where packages come from and with which credentials: the `.npmrc` of the
// project, of the user and of the machine, and `npm_config_…` variables.
import path from 'node:path';
import type { Files } from '../system/files.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface NpmConfig {
  /** Where packages of a scope (`@acme`; undefined: without scope) come from; ends in `/`. */
  registryOf(scope: string | undefined): string;
  /** Headers with the credentials for exactly this address; none for anybody else's. */
  headersFor(url: string): Record<string, string>;
}

export const PUBLIC_NPM = 'https://registry.npmjs.org/';

export async function readNpmConfig(options: {
  files: Files;
  env: Environment;
  projectDir: string;
}): Promise<NpmConfig> {
  const { files, env, projectDir } = options;
  const settings = new Map<string, string>();
  // The weakest first, as npm ranks them.
  const variable = (name: string) => env[`npm_config_${name}`] ?? env[`NPM_CONFIG_${name.toUpperCase()}`];
  const inHome = env.HOME === undefined ? undefined : path.join(env.HOME, '.npmrc');
  const rcFiles = [variable('globalconfig'), variable('userconfig') ?? inHome, path.join(projectDir, '.npmrc')];
  for (const file of rcFiles) {
    const text = file === undefined ? undefined : await files.findText(file);
    for (const [name, value] of parseNpmrc(text ?? '', env)) settings.set(name, value);
  }
  for (const [name, value] of variables(env)) settings.set(name, value);

  return {
    registryOf(scope) {
      const registry = (scope && settings.get(`${scope}:registry`)) || settings.get('registry') || PUBLIC_NPM;
      return registry.endsWith('/') ? registry : `${registry}/`;
    },
    headersFor: (url) => credentials(settings, new URL(url)),
  };
}

/** The lines of an `.npmrc`: `name = value`, comments with `;` and `#`, `${VARIABLE}` and `${VARIABLE?}`. */
export function parseNpmrc(text: string, env: Environment): [string, string][] {
  // A variable that is not set stays as it is written, as in npm; with `?` it is empty.
  const expand = (value: string): string =>
    value.replace(
      /(?<!\\)\$\{([^${}?]+)(\??)\}/g,
      (whole, name: string, optional) => env[name] ?? (optional ? '' : whole),
    );
  return text.split('\n').flatMap((line): [string, string][] => {
    const [, name, value] = /^\s*([^;#=[\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return [];
    return [[expand(name), expand(value.replace(/^(["'])(.*)\1$/, '$2'))]];
  });
}

/** `npm_config_registry`, in either case; scopes and addresses as they are. */
function variables(env: Environment): [string, string][] {
  return Object.entries(env).flatMap(([variable, value]): [string, string][] => {
    const [, name] = /^npm_config_(registry|@.*|\/\/.*)$/i.exec(variable) ?? [];
    return name === undefined || !value ? [] : [[/^registry$/i.test(name) ? 'registry' : name, value]];
  });
}

/** Credentials belong to a host and a path: the longest that the address lies in counts. */
function credentials(settings: Map<string, string>, { host, pathname }: URL): Record<string, string> {
  for (let place = pathname; ; place = place.slice(0, place.replace(/\/$/, '').lastIndexOf('/') + 1)) {
    for (const prefix of [`//${host}${place}`, `//${host}${place.replace(/\/$/, '')}`]) {
      const get = (name: string) => settings.get(`${prefix}:${name}`);
      const [token, basic, user, password] = [get('_authToken'), get('_auth'), get('username'), get('_password')];
      if (token) return { authorization: `Bearer ${token}` };
      if (basic) return { authorization: `Basic ${basic}` };
      if (user && password) return { authorization: `Basic ${btoa(`${user}:${atob(password)}`)}` };
    }
    if (place === '/' || place === '') return {};
  }
}
