// What this person is known as to the servers that are asked: bearer tokens of the settings, and `.netrc`. Only the
// address that is asked gets them; system/http keeps them from wherever it redirects to.
import path from 'node:path';
import { formatBasic } from '../model/basic.ts';
import type { Emit } from '../model/event.ts';
import { decodePercent } from '../model/percent.ts';
import { findLongest } from '../model/prefix.ts';
import type { TokenRule } from '../model/token.ts';
import { unlessMissing } from '../system/errno.ts';
import type { Files } from '../system/files.ts';
import type { Http } from '../system/http.ts';
import { findEntry, type NetrcEntry, parseNetrc } from './netrc.ts';

type Headers = Readonly<Record<string, string>>;

export interface CredentialOptions {
  env: Readonly<Record<string, string | undefined>>;
  files: Files;
  tokens: readonly TokenRule[];
  emit: Emit;
}

/** Requests with what is known for their address, unless they bring their own: in the address or as a header. */
export function withCredentials(http: Http, options: CredentialOptions): Http {
  const { env, tokens } = options;
  let reading: Promise<NetrcEntry[]> | undefined;
  const readEntries = () => (reading ??= readNetrc(options));

  async function headersFor(address: string, { headers = {} }: { headers?: Headers }): Promise<Headers> {
    const url = URL.parse(address);
    const hasOwn = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
    if (url === null || hasOwn || url.password !== '') return headers;
    const token = env[findLongest(tokens, address)?.variable ?? ''];
    if (token && url.username === '') return { ...headers, authorization: `Bearer ${token}` };
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const login = url.username === '' ? undefined : decodePercent(url.username);
    const entry = findEntry(await readEntries(), { host, login });
    const user = entry?.login ?? login;
    if (user === undefined || entry?.password === undefined) return headers;
    return { ...headers, authorization: formatBasic(user, entry.password) };
  }

  return {
    ...http,
    request: async (request) => http.request({ ...request, headers: await headersFor(request.url, request) }),
  };
}

/** Where the file is, as curl looks for it: what `NETRC` names, else in the home. */
export function netrcFile(env: CredentialOptions['env']): string | undefined {
  return env.NETRC || (env.HOME ? path.join(env.HOME, '.netrc') : undefined);
}

/** A file that cannot be read is told and does without: most of what is fetched needs no password. */
async function readNetrc({ env, files, emit }: CredentialOptions): Promise<NetrcEntry[]> {
  const file = netrcFile(env);
  if (file === undefined) return [];
  const warn = (text: string) => emit({ type: 'log.message', level: 'warn', text });
  try {
    const stat = await unlessMissing(files.statTarget(file));
    if (stat?.kind !== 'file') return [];
    const entries = parseNetrc((await files.findText(file)) ?? '');
    if ((stat.mode & 0o077) !== 0 && entries.some(({ password }) => password !== undefined))
      warn(`Others on this machine can read the passwords in "${file}": run chmod 600 on it`);
    return entries;
  } catch (error) {
    warn(`Cannot read "${file}", so its passwords are not used: ${(error as Error).message}`);
    return [];
  }
}
