// Which GitHub is meant and with which token, as its own command line `gh` has it: variables, then `hosts.yml`.
import path from 'node:path';
import type { Files } from '../system/files.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface GitHub {
  /** `https://api.github.com`. */
  api: string;
  /** `https://github.com`. */
  web: string;
  token?: string;
  /** Where a token is looked for, for hints. */
  variable: string;
}

export async function readGitHub({ env, files }: { env: Environment; files: Files }): Promise<GitHub> {
  const host = env.GH_HOST || 'github.com';
  // A company's own server has other variables, so that it does not get the token of the public one.
  const isPublic = host === 'github.com' || host.endsWith('.ghe.com');
  const names = isPublic ? ['GH_TOKEN', 'GITHUB_TOKEN'] : ['GH_ENTERPRISE_TOKEN', 'GITHUB_ENTERPRISE_TOKEN'];
  const token = names.map((name) => env[name]).find(Boolean) ?? (await findStored(host, env, files));
  return {
    api: isPublic ? `https://api.${host}` : `https://${host}/api/v3`,
    web: `https://${host}`,
    variable: `${names[0]}`,
    ...(token !== undefined && { token }),
  };
}

/** What `gh auth login` has written, where it does not use the keyring of the system. */
async function findStored(host: string, env: Environment, files: Files): Promise<string | undefined> {
  const config = env.XDG_CONFIG_HOME || (env.HOME && path.join(env.HOME, '.config'));
  const dir = env.GH_CONFIG_DIR || (config && path.join(config, 'gh'));
  const text = dir === undefined ? undefined : await files.findText(path.join(dir, 'hosts.yml'));
  return parseHosts(text ?? '', host);
}

/** As much of YAML as `gh` writes: hosts at the margin, and below each of them fields and users with fields. */
export function parseHosts(text: string, host: string): string | undefined {
  let isOurs = false;
  for (const line of text.split(/\r?\n/)) {
    const [, named] = /^["']?([^\s"']+?)["']?:\s*$/.exec(line) ?? [];
    if (named !== undefined) isOurs = named === host;
    const [, token] = /^\s+oauth_token:\s*["']?([^\s"'#]+)/.exec(line) ?? [];
    if (isOurs && token !== undefined) return token;
  }
  return undefined;
}
