// What a recipe exports for its phases, in the forms authors may write.
import type { DeclarativeBuild } from './declarative.ts';
import { commitOf } from './git.ts';

/** A function inside a module, by the names that lead to it from the exports: `['setup', 'udev', 'check']`. */
export interface FunctionRef {
  form: 'function';
  path: (string | number)[];
}

/** A script for the default shell. */
export interface ShellScript {
  form: 'shell';
  script: string;
}

export type Verb = ShellScript | FunctionRef;

/** A function may answer a declarative build too. */
export type BuildVerb = { form: 'declarative'; build: DeclarativeBuild } | Verb;

/** One thing to fetch: bytes behind a URL of any transport, or a local file or tree. */
export type FetchItem =
  | { form: 'url'; url: string; sha256?: string; dest?: string; headers?: Record<string, string> }
  | { form: 'path'; path: string; include?: string[]; exclude?: string[] };

/**
 * What a recipe itself says of the bytes behind a URL: the commit they are from, or else their sha256. The commit comes
 * first, as the pins of a fetch function have nothing but the URL to tell it by.
 */
export function ownDigest({ url, sha256 }: { url: string; sha256?: string }): string | undefined {
  return commitOf(url) ?? sha256;
}

export type FetchVerb = { form: 'items'; items: FetchItem[] } | FunctionRef;

/** `unpack` is also what happens when a recipe has no stage. */
export type StageVerb = { form: 'unpack'; stripComponents: number } | Verb;

/** Host state beside an asset. */
export interface SetupPair {
  check: Verb;
  install: Verb;
  platforms: string[];
  /** Other pairs of the same package that come first. */
  depends: string[];
}
