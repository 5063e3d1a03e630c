// What a git source names: the tree of one commit, or a part of it. Its one name is a URL that says all of it,
// `git+https://host/repo.git#v1.2&subdir=lib&submodules=true`, so that whoever remembers sources needs no other words.
import { decodePercent } from './percent.ts';

export interface GitSource {
  /** As git takes it: `https://host/repo.git`. */
  repository: string;
  /** Tag, branch or full commit. Absent: what the repository calls HEAD. */
  ref?: string;
  /** Only this directory of the tree, relative and normal. */
  subdir?: string;
  /** With what the submodules hold. */
  submodules: boolean;
}

/** The part of a git source that stands in fields beside its URL. */
export interface GitFields {
  ref?: string | undefined;
  subdir?: string | undefined;
  submodules?: boolean | undefined;
}

const GIT_URL = /^(?:git\+(?=(?:https?|ssh|file):)|(?=git:))/i;
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** True for the URLs of the git transport, well formed or not. */
export function isGitUrl(url: string): boolean {
  return /^git[+:]/i.test(url);
}

/** The one name of a source. Fields replace what the URL itself says. */
export function formatGitUrl(url: string, fields: GitFields): string {
  const [address = '', fragment = ''] = url.split('#', 2);
  const own = parseFragment(fragment);
  // What is wrong already is left for whoever reads it.
  if (own === undefined) return url;
  const { ref, subdir, submodules } = { ...own, ...withoutAbsent(fields) };
  const parts = [
    ...(ref === undefined ? [] : [encode(ref)]),
    ...(subdir === undefined ? [] : [`subdir=${encode(subdir)}`]),
    ...(submodules ? ['submodules=true'] : []),
  ];
  return parts.length === 0 ? address : `${address}#${parts.join('&')}`;
}

/** Undefined when git could not take it, or would take it for something else than an address. */
export function parseGitUrl(url: string): GitSource | undefined {
  const [address = '', fragment = ''] = url.split('#', 2);
  const repository = address.replace(GIT_URL, '');
  const parsed = GIT_URL.test(address) ? URL.parse(repository) : null;
  // ssh would take a host or a user that begins like an option for one (CVE-2017-1000117).
  if (parsed === null || /^-/.test(parsed.hostname) || /^-/.test(decodePercent(parsed.username))) return undefined;
  if (parsed.pathname.length < 2 || (parsed.hostname === '') !== (parsed.protocol === 'file:')) return undefined;
  const fields = parseFragment(fragment);
  if (fields === undefined) return undefined;
  const { ref, subdir, submodules = false } = fields;
  if ((ref !== undefined && !isRef(ref)) || (subdir !== undefined && !isInside(subdir))) return undefined;
  return { repository, submodules, ...(ref !== undefined && { ref }), ...(subdir !== undefined && { subdir }) };
}

/** The commit that a URL itself names: it says which bytes are meant, as a sha256 does. */
export function commitOf(url: string): string | undefined {
  const ref = isGitUrl(url) ? parseFragment(url.split('#', 2)[1] ?? '')?.ref : undefined;
  return ref !== undefined && isCommit(ref) ? ref : undefined;
}

export function isCommit(ref: string): boolean {
  return COMMIT.test(ref);
}

/** What git lets a reference be called (git-check-ref-format); no option begins so. */
export function isRef(text: string): boolean {
  const isName = !/^[-/]|[\0-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\.lock(?:\/|$)|(?:^|\/)\.|[/.]$/.test(text);
  return isName && text !== '' && text !== '@';
}

function isInside(subdir: string): boolean {
  return !/^\/|\0|^$/.test(subdir) && !subdir.split('/').includes('..');
}

/** Undefined when it says something that nobody knows. */
function parseFragment(fragment: string): GitFields | undefined {
  const fields: GitFields = {};
  for (const part of fragment.split('&').filter(Boolean)) {
    const [name, value] = part.split('=', 2);
    if (value === undefined && fields.ref === undefined) fields.ref = decodePercent(part);
    else if (name === 'subdir' && value !== undefined) fields.subdir = normalDir(decodePercent(value));
    else if (part === 'submodules=true') fields.submodules = true;
    else return undefined;
  }
  return withoutAbsent(fields);
}

/** `./lib/` is `lib`; the whole tree is no part of it. */
function normalDir(subdir: string): string | undefined {
  const steps = subdir.split('/').filter((step, index) => step !== '.' && (step !== '' || index === 0));
  return steps.join('/') || undefined;
}

function withoutAbsent({ ref, subdir, submodules }: GitFields): GitFields {
  const dir = subdir === undefined ? undefined : normalDir(subdir);
  return {
    ...(ref !== undefined && { ref }),
    ...(dir !== undefined && { subdir: dir }),
    ...(submodules !== undefined && { submodules }),
  };
}

/** Names of references and directories are readable as they are, but for what ends them here. */
function encode(text: string): string {
  return text.replaceAll(/[%&=#\s]/g, encodeURIComponent);
}
