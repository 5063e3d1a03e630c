// Package URLs (ECMA-427): the name that scanners and advisories know a package by, as far as its source tells one.
import { isGitUrl, parseGitUrl } from '../../model/git.ts';
import type { SuppliedFile } from './supplies.ts';

/** What a package is made from, and what it calls itself. */
export interface Named {
  name: string;
  version: string | undefined;
  files: readonly SuppliedFile[];
}

/**
 * The purl of a package, and the version that is in it. One source tells which package this is. Of several, nobody can
 * say which is the package and which a patch for it, so that they give no more than a name; and a name without a
 * version would match every advisory there is.
 */
export function identify({ name, version, files }: Named): { purl?: string; version?: string } {
  const [first, ...others] = files.filter(({ url }) => url !== undefined);
  const only = others.length === 0 ? first : undefined;
  const told = only && partsOf(only);
  if (told) return { purl: format(told), ...definite(version ?? (told.type === 'github' ? undefined : told.version)) };
  const qualifiers = only ? downloadOf(only) : {};
  if (version === undefined && Object.keys(qualifiers).length === 0) return {};
  return { purl: format({ type: 'generic', path: [name], version, qualifiers }), ...definite(version) };
}

const definite = (version: string | undefined) => (version === undefined ? {} : { version });

interface Parts {
  type: string;
  /** Namespace and name. */
  path: string[];
  version?: string | undefined;
  qualifiers?: Record<string, string>;
  subpath?: string | undefined;
}

function partsOf({ source, url = source }: SuppliedFile): Parts | undefined {
  if (isGitUrl(source)) return fromGit(url);
  const [, scheme = '', rest = ''] = /^([a-z0-9+]+):(.*)$/s.exec(source) ?? [];
  return Object.hasOwn(REGISTRIES, scheme) ? REGISTRIES[scheme]?.(rest) : undefined;
}

/** By scheme: what is behind it, undefined when it is written wrongly. */
const REGISTRIES: Record<string, (rest: string) => Parts | undefined> = {
  npm(rest) {
    const [, name, version] = /^((?:@[^/@]+\/)?[^/@]+)@(.+)$/.exec(rest) ?? [];
    return name === undefined ? undefined : { type: 'npm', path: name.split('/'), version };
  },
  crates(rest) {
    const [, name, version] = /^([^@]+)@(.+)$/.exec(rest) ?? [];
    return name === undefined ? undefined : { type: 'cargo', path: [name], version };
  },
  pypi(rest) {
    const [, name, version] = /^([^@]+)@([^#]+)/.exec(rest) ?? [];
    return name === undefined
      ? undefined
      : { type: 'pypi', path: [name.toLowerCase().replaceAll(/[-_.]+/g, '-')], version };
  },
  github(rest) {
    const [, owner, repo, version] = /^([^/]+)\/([^@]+)@([^#]+)/.exec(rest) ?? [];
    if (owner === undefined || repo === undefined) return undefined;
    return { type: 'github', path: [owner.toLowerCase(), repo.toLowerCase()], version };
  },
};

/** Only of GitHub do the rules of purl know more than that it is a repository. */
function fromGit(url: string): Parts | undefined {
  const parsed = parseGitUrl(url);
  if (parsed === undefined) return undefined;
  const { hostname, pathname } = new URL(parsed.repository);
  const path = pathname
    .replace(/^\//, '')
    .replace(/\.git$/, '')
    .split('/');
  if (hostname !== 'github.com' || path.length !== 2) return undefined;
  return { type: 'github', path: path.map((part) => part.toLowerCase()), version: parsed.ref, subpath: parsed.subdir };
}

/** `download_url` with its `checksum`, or `vcs_url` as SPDX writes it: `git+https://host/repo.git@commit#dir`. */
function downloadOf({ source, url = source, digest }: SuppliedFile): Record<string, string> {
  if (!isGitUrl(source)) return { download_url: url, ...(digest !== undefined && { checksum: `sha256:${digest}` }) };
  const { ref, subdir } = parseGitUrl(url) ?? {};
  const address = url.split('#', 1)[0] as string;
  return { vcs_url: `${address}${ref === undefined ? '' : `@${ref}`}${subdir === undefined ? '' : `#${subdir}`}` };
}

function format({ type, path, version, qualifiers = {}, subpath }: Parts): string {
  const listed = Object.entries(qualifiers).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    `pkg:${type}/${path.map(encode).join('/')}`,
    version === undefined ? '' : `@${encode(version)}`,
    listed.length === 0 ? '' : `?${listed.map(([name, value]) => `${name}=${encode(value)}`).join('&')}`,
    subpath === undefined ? '' : `#${subpath.split('/').map(encode).join('/')}`,
  ].join('');
}

/** A colon stays as it is; whatever else is no letter, digit, `.`, `-`, `_` or `~` does not. */
function encode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%3A', ':')
    .replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
