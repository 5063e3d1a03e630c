// Which proxy stands between us and a server, by the variables that curl and everybody after it read: `http_proxy`,
// `https_proxy`, `all_proxy`, `no_proxy`, in lower case first.
import { BlockList, isIP } from 'node:net';
import { Failure } from '../model/failure.ts';
import { redactUrl } from '../model/redact.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The address of the proxy, with its credentials; undefined: the server itself is asked. */
export function findProxy(url: URL, env: Environment): string | undefined {
  const variable = (name: string) => env[name] || env[name.toUpperCase()] || '';
  if (isExempt(url, variable('no_proxy'))) return undefined;
  const ofScheme =
    url.protocol === 'https:' ? variable('https_proxy') || variable('http_proxy') : variable('http_proxy');
  const proxy = ofScheme || variable('all_proxy');
  return proxy === '' ? undefined : parseProxy(proxy);
}

/** `proxy:3128` without a scheme is what many people write, and what curl takes. */
export function parseProxy(text: string): string {
  const url = URL.parse(
    /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text.replace(/^socks5h:/i, 'socks5:') : `http://${text}`,
  );
  if (url !== null && /^(?:https?|socks5):$/.test(url.protocol)) return url.href;
  throw new Failure('SETTING_INVALID', `Cannot use the proxy "${redactUrl(text)}"`, {
    hint: 'Write http://host:port, https://host:port or socks5://host:port into http_proxy, https_proxy or all_proxy',
  });
}

/**
 * Whether `no_proxy` names the server: `*`, a host and all below it, with or without a dot before it, an address, a range
 * such as `10.0.0.0/8`; each of them may end with a port.
 */
export function isExempt(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[|\]$|\.$/g, '').toLowerCase();
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => entry === '*' || fits(entry, host, port));
}

function fits(entry: string, host: string, port: string): boolean {
  // An IPv6 address with a port stands in brackets; without any, its last colon is its own.
  const [, inBrackets, named, ownPort] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  const name = (inBrackets ?? named ?? entry).replace(/^\*?\.|\.$/g, '');
  if (name === '' || (ownPort !== undefined && ownPort !== port)) return false;
  if (isIP(host) !== 0) return name === host || isInRange(host, name);
  return host === name || host.endsWith(`.${name}`);
}

function isInRange(address: string, range: string): boolean {
  const [, net = '', bits] = /^([^/]+)\/(\d+)$/.exec(range) ?? [];
  const family = isIP(net);
  if (bits === undefined || family === 0 || Number(bits) > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(net, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}
