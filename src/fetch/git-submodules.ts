// Where the submodules of a tree come from. The file that says so comes from a stranger: what it names is fetched only
// over transports that run nothing and read nothing of this machine.
import path from 'node:path';
import { Failure } from '../model/failure.ts';
import { parseGitUrl } from '../model/git.ts';
import { redactUrl } from '../model/redact.ts';
import { stripControl } from '../system/terminal.ts';
import type { Git, GitCall } from './git-command.ts';
import type { TreeItem } from './git-objects.ts';

/** Path of a submodule, as the items name it → the address of its repository. */
export async function findSubmodules(
  { repository, commit, subdir }: { repository: string; commit: string; subdir?: string },
  items: readonly TreeItem[],
  git: Git,
  call: GitCall,
): Promise<Map<string, string>> {
  const paths = items.filter(({ mode }) => mode === '160000').map((item) => item.path);
  if (paths.length === 0) return new Map();
  const urls = await readGitmodules(commit, git, call);
  return new Map(
    paths.map((name) => {
      const whole = subdir === undefined ? name : `${subdir}/${name}`;
      const url = urls.get(whole);
      if (url === undefined)
        throw new Failure('SOURCE_NOT_FOUND', `Cannot fetch "${call.url}": its .gitmodules has no URL for "${whole}"`);
      return [name, resolveSubmodule(url, repository, call)];
    }),
  );
}

/** Path → URL, as git itself reads the file. */
async function readGitmodules(commit: string, git: Git, call: GitCall): Promise<Map<string, string>> {
  const read = ['config', `--blob=${commit}:.gitmodules`, '--no-includes', '--null', '--list'];
  const listed = await git.text(read, call).catch(() => '');
  const modules = new Map<string, { path?: string; url?: string }>();
  for (const entry of listed.split('\0')) {
    const [, name, field, value] = /^submodule\.(.*)\.(path|url)\n(.*)$/s.exec(entry) ?? [];
    if (name !== undefined) modules.set(name, { ...modules.get(name), [`${field}`]: value });
  }
  return new Map(
    [...modules.values()].flatMap(({ path: place, url }): [string, string][] =>
      place === undefined || url === undefined ? [] : [[place, url]],
    ),
  );
}

/** `git@host:org/repo.git`, as people write for ssh. */
const SCP = /^((?!-)[\w.-]+@(?!-)[\w.-]+:)((?!-).+)$/;

function resolveSubmodule(url: string, repository: string, call: GitCall): string {
  const address = /^\.\.?(?:\/|$)/.test(url) ? relativeTo(repository, url) : url;
  const isLocal = /^file:/i.test(address) || address.startsWith('/');
  // A path of this machine is nobody's to name, unless the repository itself is on this machine.
  const isOurs = !isLocal || /^file:/i.test(repository);
  const whole = address.startsWith('/') ? `file://${address}` : address;
  const isKnown = SCP.test(whole) || parseGitUrl(whole.startsWith('git:') ? whole : `git+${whole}`) !== undefined;
  if (isOurs && isKnown && !whole.includes('#')) return whole;
  const shown = redactUrl(stripControl(url));
  throw new Failure('SOURCE_UNSUPPORTED', `Cannot fetch "${call.url}": its submodule "${shown}" is refused`, {
    hint: 'Submodules may come from https, http, ssh and git addresses, and from beside their repository',
  });
}

/** As git resolves it: the repository itself is the directory that a relative address starts in. */
function relativeTo(repository: string, url: string): string {
  const [, host, place] = SCP.exec(repository) ?? [];
  if (host !== undefined && place !== undefined) return host + path.posix.join(place, url);
  return new URL(url, repository.replace(/\/*$/, '/')).href;
}
