// Why a request failed, in words, and whether trying again may help. The codes are those of undici, of the resolver, of
// sockets and of TLS.
import { Failure, type FailureDetail } from '../model/failure.ts';
import { redactUrl } from '../model/redact.ts';
import { stripControl } from './terminal.ts';

export interface HttpAttempt {
  url: string;
  method: string;
  /** The proxy that stands between, with its credentials. */
  proxy?: string | undefined;
  signal: AbortSignal;
  timeouts: { connectMs: number; stallMs: number };
}

interface Reason {
  text: string;
  transient?: boolean;
  hint?: string;
}

/** Servers restart, and networks lose packets: the same request a moment later is often answered. */
const BROKEN: Reason = { text: 'the connection broke off', transient: true };
const UNREACHABLE: Reason = { text: 'the network does not reach the server', transient: true };
const PROXY_HINT = 'Behind a proxy, set HTTPS_PROXY; to rule out the proxy for this host, set NO_PROXY';

const REASONS: Record<string, Reason> = {
  ECONNRESET: BROKEN,
  EPIPE: BROKEN,
  UND_ERR_SOCKET: BROKEN,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: BROKEN,
  ECONNREFUSED: { text: 'the server refused the connection', transient: true, hint: PROXY_HINT },
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  EAI_AGAIN: { text: 'the name of the server could not be looked up', transient: true, hint: PROXY_HINT },
  // Said by the resolver for certain, unlike EAI_AGAIN.
  ENOTFOUND: { text: 'no server has this name', hint: PROXY_HINT },
  UND_ERR_PRX_CONN: { text: 'the connection to the proxy broke off', transient: true },
};

const CONNECT_TIMEOUT = ['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'];

/** What went wrong on the way to a proxy says nothing about the server. */
const PROXY_REASONS: Record<string, (proxy: string) => string> = {
  ECONNREFUSED: (proxy) => `the proxy ${proxy} refused the connection`,
  EHOSTUNREACH: (proxy) => `the network does not reach the proxy ${proxy}`,
  ENETUNREACH: (proxy) => `the network does not reach the proxy ${proxy}`,
  EAI_AGAIN: (proxy) => `the name of the proxy ${proxy} could not be looked up`,
  ENOTFOUND: (proxy) => `no server has the name of the proxy ${proxy}`,
};
const OWN_PROXY_HINT = 'Correct HTTPS_PROXY or HTTP_PROXY; to do without the proxy for this host, set NO_PROXY';

/** The reason of the signal when it was aborted; a failure of ours as it is; everything else as `FETCH_FAILED`. */
export function httpFailure(error: unknown, attempt: HttpAttempt): unknown {
  if (attempt.signal.aborted) return attempt.signal.reason;
  if (error instanceof Failure || !(error instanceof Error)) return error;
  const { text, hint, transient = false } = reasonOf(error, attempt);
  const url = redactUrl(attempt.url);
  const detail: FailureDetail = { transient, facts: { url }, cause: error, ...(hint !== undefined && { hint }) };
  const what = /^(?:GET|HEAD)$/.test(attempt.method) ? 'fetch' : 'send to';
  return new Failure('FETCH_FAILED', `Cannot ${what} "${url}": ${text}`, detail);
}

function reasonOf(error: Error, { timeouts, proxy }: HttpAttempt): Reason {
  const code = 'code' in error ? String(error.code) : '';
  const ofProxy = PROXY_REASONS[code];
  if (proxy !== undefined && ofProxy !== undefined)
    return { text: ofProxy(new URL(proxy).host), transient: code !== 'ENOTFOUND', hint: OWN_PROXY_HINT };
  if (CONNECT_TIMEOUT.includes(code)) {
    return { text: `no connection within ${timeouts.connectMs / 1000} s`, transient: true, hint: PROXY_HINT };
  }
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return { text: `the server sent nothing for ${timeouts.stallMs / 1000} s`, transient: true };
  }
  // OpenSSL and Node have some forty names for it; each names its reason well enough.
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_/.test(code)) {
    const hint = 'For the certificates of a company, set NODE_EXTRA_CA_CERTS to the file that holds them';
    return { text: `the certificate of the server is not trusted (${code})`, hint };
  }
  const [, status] = /Proxy (?:response|Authentication Required) \((\d+)\)/.exec(error.message) ?? [];
  if (status !== undefined) return proxyRefusal(status);
  return REASONS[code] ?? { text: stripControl(error.message) || 'the connection failed' };
}

function proxyRefusal(status: string): Reason {
  if (status === '407') {
    const hint = 'Write them into the address of the proxy: http://user:password@host:port';
    return { text: 'the proxy wants a user and a password (status 407)', hint };
  }
  return {
    text: `the proxy refuses the connection (status ${status})`,
    transient: status.startsWith('5'),
    hint: PROXY_HINT,
  };
}
