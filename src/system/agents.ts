// The ways to servers: directly or through a proxy, and whose certificates are believed. Each way is made once and keeps
// its connections.
import { readFile } from 'node:fs/promises';
import type { Dispatcher } from 'undici';
import { Failure } from '../model/failure.ts';
import { findProxy, isExempt, parseProxy } from './proxy.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the configuration of a client says of its connections, where it differs from the environment. */
export interface Connection {
  /** Address of a proxy, for all but the hosts of `noProxy`. */
  proxy?: string | undefined;
  noProxy?: string | undefined;
  /** The authorities that are believed, in PEM, in place of those that everybody believes. */
  authorities?: string | undefined;
  /** Hosts, with or without a port, that need not prove who they are; `*` is everybody. */
  believedHosts?: readonly string[] | undefined;
}

export interface Agents {
  /** And the address of the proxy that stands between, if one does. */
  agentFor(url: URL, connection: Connection): Promise<{ agent: Dispatcher; proxy: string | undefined }>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface Way {
  proxy: string | undefined;
  authorities: string | undefined;
  believesAnyone: boolean;
}

export function createAgents(options: { env: Environment; timeouts: { connectMs: number; stallMs: number } }): Agents {
  const { env, timeouts } = options;
  const agents = new Map<string, Promise<Dispatcher>>();
  let reading: Promise<string | undefined> | undefined;

  return {
    async agentFor(url, { proxy, noProxy, authorities, believedHosts = [] }) {
      if (authorities === undefined) reading ??= readAuthorities(env);
      const isDirect = noProxy !== undefined && isExempt(url, noProxy);
      const own = proxy && parseProxy(proxy);
      const way: Way = {
        proxy: isDirect ? undefined : own || findProxy(url, env),
        authorities: authorities ?? (await reading),
        believesAnyone: ['*', url.host, url.hostname].some((host) => believedHosts.includes(host)),
      };
      const name = JSON.stringify(way);
      const agent = agents.get(name) ?? createAgent(way, timeouts);
      agents.set(name, agent);
      return { agent: await agent, proxy: way.proxy };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...agents.values()].map(async (agent) => (await agent).destroy()));
    },
  };
}

async function createAgent(
  way: Way,
  { connectMs, stallMs }: { connectMs: number; stallMs: number },
): Promise<Dispatcher> {
  // CommonJS: once bundled, only its default export is there.
  const { Agent, ProxyAgent } = (await import('undici')).default;
  const { proxy, authorities, believesAnyone } = way;
  const tls = {
    ...(authorities !== undefined && { ca: authorities }),
    ...(believesAnyone && { rejectUnauthorized: false }),
  };
  const common = {
    // One connection per download: over HTTP/2 they would share one, and its window, and break off together.
    allowH2: false,
    connectTimeout: connectMs,
    headersTimeout: stallMs,
    bodyTimeout: stallMs,
  };
  if (proxy === undefined) return new Agent({ ...common, connect: { timeout: connectMs, ...tls } });
  const hasTls = Object.keys(tls).length > 0;
  return new ProxyAgent({ ...common, uri: proxy, ...(hasTls && { requestTls: tls, proxyTls: tls }) });
}

/**
 * `SSL_CERT_FILE` is what OpenSSL, curl, Go and Rust read in place of the authorities they know. Node adds by itself what
 * `NODE_EXTRA_CA_CERTS` names, but only to those it knows.
 */
async function readAuthorities({
  SSL_CERT_FILE: file,
  NODE_EXTRA_CA_CERTS: extra,
}: Environment): Promise<string | undefined> {
  if (!file) return undefined;
  const texts = await Promise.all([readPem(file, 'SSL_CERT_FILE'), extra ? readPem(extra, 'NODE_EXTRA_CA_CERTS') : '']);
  return texts.join('\n');
}

async function readPem(file: string, variable: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const message = `Cannot read the certificates in "${file}": ${(error as Error).message}`;
    throw new Failure('SETTING_INVALID', message, { hint: `Correct ${variable}, or unset it`, cause: error });
  }
}
