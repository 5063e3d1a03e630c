// The beginning of an address that a mirror or a token is for. It ends where a step of the path ends: what is meant for
// `https://host/a` is not meant for `https://host/ab`, nor for `https://host.elsewhere`.

/** `https://host/path` without a slash at its end, or `https:/` for every address of that scheme; undefined: no prefix. */
export function parsePrefix(text: string): string | undefined {
  const [, scheme] = /^(https?):\/\/$/i.exec(text) ?? [];
  if (scheme !== undefined) return `${scheme.toLowerCase()}:/`;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search + url.hash !== '') return undefined;
  return url.href.replace(/\/+$/, '');
}

/** What follows the prefix in an address, such as `/file?query` or nothing; undefined when it does not begin so. */
export function restAfter(prefix: string, address: string): string | undefined {
  const url = URL.parse(address);
  if (url === null) return undefined;
  // Names and passwords are no part of the place.
  const { href } = Object.assign(url, { username: '', password: '', hash: '' });
  if (!href.startsWith(prefix)) return undefined;
  const rest = href.slice(prefix.length);
  return rest === '' || /^[/?]/.test(rest) ? rest : undefined;
}

/** An address without what may be secret in it, and without what is only said to the server: which file it is. */
export function placeOf(address: string): string {
  return Object.assign(new URL(address), { username: '', password: '', search: '', hash: '' }).href;
}

/** Of several that fit, the one that says most about the address. */
export function findLongest<T extends { prefix: string }>(rules: readonly T[], address: string): T | undefined {
  const fitting = rules.filter(({ prefix }) => restAfter(prefix, address) !== undefined);
  return fitting.reduce<T | undefined>(
    (best, rule) => (best && best.prefix.length >= rule.prefix.length ? best : rule),
    undefined,
  );
}
