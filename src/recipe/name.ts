// The names and short texts that manifests and recipes are made of: identities, queries, variables, platforms, paths.
import { win32 } from 'node:path';
import { parseSha256, type Sha256 } from '../model/digest.ts';
import { IDENTITY, parseIdentity, parseQuery } from '../model/identity.ts';
import { PLATFORM_PATTERNS } from '../model/platform.ts';
import { list, matching, type NameRule, oneOf, refine, type Shape } from './shape.ts';

/** An identity is the name of a directory, and those have 255 bytes at most. */
const LONGEST_IDENTITY = 200;

export const identityName: Shape<string> = brief(
  matching('a recipe identity "namespace.name@revision" in lower case', (text) => parseIdentity(text) && text),
);

/** The identity that a recipe or bundle says it has. */
export function askedIdentity(asked: string): Shape<string> {
  return refine(identityName, (identity, at) =>
    identity === asked
      ? identity
      : at.refuse(`${at.subject} is "${identity}", expected "${asked}", which is what was asked for`, {
          code: 'IDENTITY_MISMATCH',
        }),
  );
}

export const queryText: Shape<string> = brief(
  matching(
    'a recipe identity "namespace.name@revision" or a part of it: name, namespace.name or name@revision',
    (text) => parseQuery(text) && text,
  ),
);

function brief(shape: Shape<string>): Shape<string> {
  return refine(shape, (text, at) =>
    text.length <= LONGEST_IDENTITY ? text : at.mismatch(text, `at most ${LONGEST_IDENTITY} characters`),
  );
}

export const VARIABLE_NAME: NameRule = {
  expected: 'the name of an environment variable',
  pattern: /^[A-Za-z_][A-Za-z0-9_]*$/,
};

/** Names of variables whose values commands may see. */
export const variableNames: Shape<string[]> = list(named(VARIABLE_NAME), 'a list of names of environment variables');

export const platforms: Shape<string[]> = list(
  oneOf(PLATFORM_PATTERNS),
  'a list of platforms such as "linux" or "darwin-arm64"',
);

export const sha256: Shape<Sha256> = matching('a sha256 of 64 hexadecimal digits', parseSha256);

/** A relative path that stays inside the directory it starts in, whichever separators the platform reads. */
export const insidePath: Shape<string> = matching('a relative path without ".."', (text) => {
  // Windows calls all that absolute which POSIX does, and \\server too; `C:cc` starts in the drive's own directory.
  const absolute = win32.isAbsolute(text) || /^[A-Za-z]:/.test(text);
  const leaves = text.split(/[\\/]/).includes('..');
  return text !== '' && !text.includes('\0') && !absolute && !leaves ? text : undefined;
});

/** The name of a file in a directory that is known: fetched files lie side by side. */
export const fileName: Shape<string> = matching('a file name without directories', (text) =>
  text !== '' && text !== '.' && text !== '..' && !/[\\/\0]/.test(text) ? text : undefined,
);

/** A product becomes the name of a launcher, so it stands in shells and file systems. */
export const PRODUCT_NAME: NameRule = {
  expected: 'a product name: letters, digits and "._+-", not "." or "-" at the start',
  pattern: /^[A-Za-z0-9_+][A-Za-z0-9._+-]*$/,
};
/** Of the recipes that a bundle lists. */
export const IDENTITY_NAME: NameRule = {
  expected: identityName.expected,
  pattern: IDENTITY,
};
/** Of setup pairs, and of the aliases that dependencies get. */
export const PAIR_NAME: NameRule = {
  expected: 'a name of letters, digits and "._-" that starts with a letter or digit',
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
};
/** Stands before the first slash of an import. */
export const BUNDLE_ALIAS: NameRule = {
  expected: 'the alias of a bundle: letters, digits and "._-", a letter or digit at the start',
  pattern: PAIR_NAME.pattern,
};
export const OPTION_NAME: NameRule = {
  expected: 'an option name of letters, digits and "_-" that starts with a letter',
  pattern: /^[A-Za-z][A-Za-z0-9_-]*$/,
};
export const HEADER_NAME: NameRule = {
  expected: 'the name of an HTTP header',
  pattern: /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/,
};

/** A text that obeys the rule of a name. */
export function named({ expected, pattern }: NameRule): Shape<string> {
  return matching(expected, (text) => (pattern.test(text) ? text : undefined));
}
