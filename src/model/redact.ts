// What may be shown of text that may hold secrets or comes from strangers: addresses without their credentials, and
// text that cannot drive the reader's terminal.

const USER_INFO = /([a-z][a-z0-9+.-]*:\/\/)[^/?#\s"']*@/gi;
/** Names that signed and token-bearing addresses give their secrets, those of cloud stores among them. */
const SECRET_NAME = /[^=&#\s"']*(?:token|secret|signature|password|passwd|credential|api[-_]?key)[^=&#\s"']*|sig/;
const SECRET_PARAMETER = new RegExp(`([?&;](?:${SECRET_NAME.source})=)[^&#\\s"']*`, 'gi');

/** An address, or a text with addresses in it, with `***` in place of user names, passwords and secret parameters. */
export function redactUrl(text: string): string {
  return text.replace(USER_INFO, '$1***@').replace(SECRET_PARAMETER, '$1***');
}

// biome-ignore-start lint/suspicious/noControlCharactersInRegex: finding them is the purpose
const TERMINAL_SEQUENCE =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[PX^_][^\u001b]*(?:\u001b\\)?|.)/g;
/** Everything but tab and line feed, and the marks that turn the direction of text around. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: finding them is the purpose

/** Text of a server, an archive or a command, without escape sequences and control characters. */
export function stripControls(text: string): string {
  return text.replace(TERMINAL_SEQUENCE, '').replace(CONTROL, '');
}
