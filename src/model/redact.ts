// What may be shown of text that may hold secrets: addresses without their credentials.

const USER_INFO = /([a-z][a-z0-9+.-]*:\/\/)[^/?#\s]*@/gi;
/** Names that signed and token-bearing addresses give their secrets, those of cloud stores among them. */
const SECRET_NAME = /[^=&#\s"']*(?:token|secret|signature|password|passwd|credential|api[-_]?key)[^=&#\s"']*|sig/;
const SECRET_PARAMETER = new RegExp(`([?&;](?:${SECRET_NAME.source})=)[^&#\\s"']*`, 'gi');

/** ssh has keys in place of passwords, and `git@` is as public as the host. */
const OPEN_USER = /^(?:git\+)?ssh:\/\/[^:]*@$/i;

/** An address, or a text with addresses in it, with `***` in place of user names, passwords and secret parameters. */
export function redactUrl(text: string): string {
  return text
    .replace(USER_INFO, (whole, scheme) => (OPEN_USER.test(whole) ? whole : `${scheme}***@`))
    .replace(SECRET_PARAMETER, '$1***');
}

/** An address without its user and password, for what is written into files. The user of ssh is no secret, and often needed. */
export function withoutCredentials(url: string): string {
  if (!/^(?:git\+)?(?:https?|ssh):/i.test(url)) return url;
  const plain = new URL(url);
  return Object.assign(plain, { password: '', ...(!/ssh:$/.test(plain.protocol) && { username: '' }) }).href;
}
