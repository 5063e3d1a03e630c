// What may be shown of text that may hold secrets: addresses without their credentials, source without its passwords.

// Each expression looks at a letter a bounded number of times: recipes choose what is shown, and a line of 10 KB took a
// minute. So no attempt begins in the middle of a word, and a name ends where the next could begin.

const USER_INFO = /(?<![a-z0-9+.-])([a-z0-9+.-]+:\/\/)[^/?#\s]*@/gi;
/** A password with `/`, `?` or `#` in it ends the host for whoever reads by the rules: no address, and yet a secret. */
const ADDRESS = /(?<![a-z0-9+.-])[a-z0-9+.-]+:\/\/[^\s"'<>]*/gi;
/** Names that signed and token-bearing addresses give their secrets, those of cloud stores among them. */
const SECRET_NAME = /token|secret|signature|passw|passphrase|credential|api[-_]?key|access[-_]?key|jwt|auth/;
/** Too short to be looked for within other names. */
const SHORT_NAME = /sig|sas|key|code|pass|pwd/;
const IN_NAME = /[^?;=&#\s"']*/;
const SECRET_PARAMETER = new RegExp(
  `([?&;](?:(?=${IN_NAME.source}(?:${SECRET_NAME.source}))${IN_NAME.source}|(?:${SHORT_NAME.source}))=)[^&#\\s"']*`,
  'gi',
);

/** ssh has keys in place of passwords, and `git@` is as public as the host. */
const OPEN_USER = /^(?:git\+)?ssh:\/\/[^:]*@$/i;

/** An address, or a text with addresses in it, with `***` in place of user names, passwords and secret parameters. */
export function redactUrl(text: string): string {
  return text
    .replace(ADDRESS, hideUnparsed)
    .replace(USER_INFO, (whole, scheme) => (OPEN_USER.test(whole) ? whole : `${scheme}***@`))
    .replace(SECRET_PARAMETER, '$1***');
}

function hideUnparsed(address: string): string {
  const at = address.lastIndexOf('@');
  if (at === -1 || URL.canParse(address)) return address;
  return `${address.slice(0, address.indexOf('://') + 3)}***${address.slice(at)}`;
}

/** A quoted value whose name says that it is a secret, in the source of a recipe or manifest. */
const SECRET_VALUE =
  /(?<![\w-])((?=[\w-]*(?:authorization|cookie|token|secret|passw|credential|(?:api|access|secret|private)[-_]?key))[\w-]+["'`]?\s*[:=]\s*)(["'`])(.*?)\2/gi;

/** A line of source with `*` in the place of every letter of a secret, so that columns stay where they are. */
export function maskSource(line: string): string {
  const stars = (text: string) => '*'.repeat(text.length);
  return line
    .replace(/(headers["'`]?\s*:\s*\{)([^}]*)/g, (_, start: string, values: string) => {
      return (
        start + values.replace(/(:\s*)(["'`])(.*?)\2/g, (__, colon, quote, text) => colon + quote + stars(text) + quote)
      );
    })
    .replace(SECRET_VALUE, (_, name, quote, text) => name + quote + stars(text) + quote)
    .replace(USER_INFO, (whole, scheme: string) =>
      OPEN_USER.test(whole) ? whole : `${scheme}${stars(whole.slice(scheme.length, -1))}@`,
    )
    .replace(SECRET_PARAMETER, (whole, name: string) => name + stars(whole.slice(name.length)));
}

/** An address without its user and password, for what is written into files. The user of ssh is no secret, and often needed. */
export function withoutCredentials(url: string): string {
  if (!/^(?:git\+)?(?:https?|ssh):/i.test(url)) return url;
  const plain = new URL(url);
  return Object.assign(plain, { password: '', ...(!/ssh:$/.test(plain.protocol) && { username: '' }) }).href;
}
