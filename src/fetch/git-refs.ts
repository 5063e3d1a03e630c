// Which commit a name stands for in a repository that is somewhere else.
import { Failure } from '../model/failure.ts';
import type { GitSource } from '../model/git.ts';
import { findNearest } from '../model/suggest.ts';
import { stripControl } from '../system/terminal.ts';
import type { Git, GitCall } from './git-command.ts';

/** @throws Failure SOURCE_NOT_FOUND with the nearest names, FETCH_FAILED */
export async function findCommit({ repository, ref = 'HEAD' }: GitSource, git: Git, call: GitCall): Promise<string> {
  const places = placesOf(ref);
  // The server sends only what begins so, and of that we take what is called so.
  const found = await listRefs(repository, places, git, call);
  const place = places.find((name) => found.has(name));
  if (place !== undefined) return found.get(place) as string;
  const names = [...(await listRefs(repository, [], git, call)).keys()].flatMap(
    (name) => /^refs\/(?:tags|heads)\/(.+?)(?:\^\{\})?$/.exec(name)?.[1] ?? [],
  );
  throw new Failure('SOURCE_NOT_FOUND', `Cannot fetch "${call.url}": the repository has no "${ref}"`, {
    hint: adviceFor(ref, [...new Set(names)]),
  });
}

/** The tags of a repository. */
export async function listTags({ repository }: GitSource, git: Git, call: GitCall): Promise<string[]> {
  const names = [...(await listRefs(repository, ['refs/tags/*'], git, call)).keys()];
  return names.filter((name) => !name.endsWith('^{}')).map((name) => name.replace('refs/tags/', ''));
}

/** As git itself reads a name (gitrevisions): tags before branches. A tag may be an object of its own; `^{}` is its commit. */
function placesOf(ref: string): string[] {
  const names = /^refs\/|^HEAD$/.test(ref) ? [ref] : [`refs/tags/${ref}`, `refs/heads/${ref}`];
  return names.flatMap((name) => [`${name}^{}`, name]);
}

async function listRefs(url: string, patterns: string[], git: Git, call: GitCall): Promise<Map<string, string>> {
  const text = await git.text(['ls-remote', '--', url, ...patterns], call);
  return new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const [, commit, name] = /^([0-9a-f]{40}|[0-9a-f]{64})\t(.+)$/.exec(line) ?? [];
      return commit === undefined || name === undefined ? [] : [[name, commit]];
    }),
  );
}

function adviceFor(ref: string, names: string[]): string {
  if (names.length === 0) return 'The repository is empty';
  if (/^[0-9a-f]{7,39}$/.test(ref)) return 'Write all digits of a commit';
  const nearest = findNearest(ref, names);
  if (nearest !== undefined) return `Did you mean "${stripControl(nearest)}"?`;
  const last = names.sort((a, b) => b.localeCompare(a, 'en', { numeric: true })).slice(0, 8);
  return `It has ${stripControl(last.join(', '))}${names.length > last.length ? ' and others' : ''}`;
}
