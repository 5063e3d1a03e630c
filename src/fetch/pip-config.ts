// The configuration of pip, as far as it says which index is asked, with which credentials and over which connection:
// `pip.conf` of the machine, of the user and of the virtual environment, and `PIP_…` variables.
import path from 'node:path';
import { basicOf } from '../model/basic.ts';
import { Failure } from '../model/failure.ts';
import type { Connection } from '../system/agents.ts';
import type { Files } from '../system/files.ts';
import type { Machine } from '../system/host.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface PipIndex {
  /** Ends in `/`; without credentials. */
  url: string;
  /** Of the address that was configured. Secrets. */
  headers: Record<string, string>;
  connection: Connection;
}

const PUBLIC_INDEX = 'https://pypi.org/simple/';

/** The indexes in the order in which they are asked: the first that has the version serves it. */
export async function readPipIndexes(options: {
  files: Files;
  env: Environment;
  os: Machine['os'];
}): Promise<PipIndex[]> {
  const { files, env } = options;
  const settings = new Map<string, string>();
  for (const file of configFiles(options.env, options.os)) {
    for (const [name, value] of parsePipConf((await files.findText(file)) ?? '')) settings.set(name, value);
  }
  // A section for the command beats [global], whichever file it is in; a variable beats both.
  const find = (name: string): string | undefined =>
    env[`PIP_${name.toUpperCase().replaceAll('-', '_')}`] ||
    settings.get(`install.${name}`) ||
    settings.get(`global.${name}`);
  // The variables are those of the library that pip asks with.
  const cert = find('cert') || env.REQUESTS_CA_BUNDLE || env.CURL_CA_BUNDLE;
  const authorities = cert ? await files.findText(cert) : undefined;
  const connection: Connection = {
    proxy: find('proxy'),
    authorities,
    believedHosts: (find('trusted-host') ?? '').split(/\s+/).filter(Boolean),
  };
  const indexes = [find('index-url') ?? PUBLIC_INDEX, find('extra-index-url') ?? ''];
  return indexes
    .flatMap((words) => words.split(/\s+/))
    .filter(Boolean)
    .map(parseIndexUrl)
    .map((index) => ({ ...index, connection }));
}

export function isPublicIndex({ url }: PipIndex): boolean {
  return url === PUBLIC_INDEX;
}

/** The weakest first, as pip ranks them. */
function configFiles(env: Environment, os: Machine['os']): string[] {
  const { HOME: home = '', PIP_CONFIG_FILE: named, VIRTUAL_ENV: venv } = env;
  // pip's own way to switch all files off.
  if (named === '/dev/null') return [];
  const mac = 'Library/Application Support/pip/pip.conf';
  const machine =
    os === 'darwin'
      ? [`/${mac}`]
      : [
          ...(env.XDG_CONFIG_DIRS || '/etc/xdg').split(':').map((dir) => path.join(dir, 'pip/pip.conf')),
          '/etc/pip.conf',
        ];
  const config = path.join(env.XDG_CONFIG_HOME || path.join(home, '.config'), 'pip/pip.conf');
  const user = [path.join(home, '.pip/pip.conf'), config, ...(os === 'darwin' ? [path.join(home, mac)] : [])];
  return [
    ...machine,
    // A file that is named takes the place of the user's own.
    ...(named || home === '' ? [] : user),
    ...(venv ? [path.join(venv, 'pip.conf')] : []),
    ...(named ? [named] : []),
  ];
}

/** `section.name` and value, as Python's configparser reads them: indented lines go on with the value. */
export function parsePipConf(text: string): [string, string][] {
  const settings: [string, string][] = [];
  let section = '';
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(?:[#;]|$)/.test(line)) continue;
    const last = settings.at(-1);
    if (/^\s/.test(line) && last !== undefined) {
      last[1] = `${last[1]}\n${line.trim()}`.trim();
      continue;
    }
    const [, heading] = /^\[([^\]]+)\]/.exec(line) ?? [];
    if (heading !== undefined) section = heading;
    const [, name, value] = /^([^=:[]+?)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    settings.push([`${section}.${name.toLowerCase().replaceAll('_', '-').replace(/^--/, '')}`, value]);
  }
  return settings;
}

function parseIndexUrl(text: string): Omit<PipIndex, 'connection'> {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Failure('INVALID_VALUE', 'Cannot read the configuration of pip: an index is no http or https URL', {
      hint: 'Look at "index-url" and "extra-index-url" in pip config list',
    });
  }
  const authorization = basicOf(url);
  const plain = Object.assign(new URL(url), { username: '', password: '' }).href;
  return {
    url: plain.endsWith('/') ? plain : `${plain}/`,
    headers: authorization === undefined ? {} : { authorization },
  };
}
