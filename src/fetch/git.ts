// `git+https:`, `git+http:`, `git+ssh:`, `git+file:` and `git:`: a tree of a repository. To everybody else it is a file,
// the tar of that tree, with an address that names its commit: pins, store and unpacking need to know no more.
import path from 'node:path';
import { basicOf } from '../model/basic.ts';
import { Failure } from '../model/failure.ts';
import { commitOf, formatGitUrl, type GitSource, isCommit, parseGitUrl } from '../model/git.ts';
import { redactUrl } from '../model/redact.ts';
import { temporaryName } from '../system/temporary.ts';
import { createGit, type Git, type GitCall } from './git-command.ts';
import { findCommit, listTags } from './git-refs.ts';
import { type PackOptions, packTree } from './git-tree.ts';
import { offline } from './offline.ts';
import type { Located } from './source.ts';
import type { Transport, TransportTools } from './transport.ts';
import { fileNameOfUrl } from './web.ts';

/** A source as it is asked for, with what the server needs to know apart from the address. */
interface Asked extends GitSource {
  login: GitCall['login'];
}

/** What a repository is asked before anything is fetched from it. */
type Question<T> = (source: GitSource, git: Git, call: GitCall) => Promise<T>;

/** Fetching does not take a day, so that whatever is older is what a killed process has left. */
const ABANDONED_MS = 24 * 60 * 60 * 1000;

export function createGitTransport(tools: TransportTools): Transport {
  const { clock, emit, env, files, routes, store } = tools;
  const git = createGit({ env, clock });
  const partsDir = path.dirname(store.partFile('git'));

  /** A repository of this machine is there without a network. */
  const demandNetwork = (url: string, { repository }: Asked) => {
    if (tools.offline && !repository.startsWith('file:')) throw offline(url);
  };

  function locatedAt(url: string, asked: Asked, commit: string): Located {
    const { login, ...source } = asked;
    return {
      url: formatGitUrl(url, { ref: commit }),
      async *read({ signal, onProgress }) {
        demandNetwork(url, asked);
        await clearAbandoned(partsDir, tools);
        const workDir = store.partFile(temporaryName('git'));
        const about = { url: redactUrl(url), login, signal };
        const pointers: string[] = [];
        const onPointer = (name: string) => void pointers.push(name);
        // Whoever reads tries again: here each server is asked once.
        const reach: PackOptions['reach'] = (repository, work) =>
          routes({ url: repository }, { signal, attempts: 1 }, (at) => work(at.url));
        yield* packTree({ ...source, commit }, { git, files, about, workDir, reach, onProgress, onPointer });
        if (pointers.length > 0) emit({ type: 'log.message', level: 'warn', text: aboutPointers(pointers, about.url) });
      },
    };
  }

  /** Asks the repository, or one that stands in for it. */
  function ask<T>(url: string, asked: Asked, work: Question<T>, signal: AbortSignal): Promise<T> {
    demandNetwork(url, asked);
    const { repository, login } = asked;
    const call = { url: redactUrl(url), login, dir: partsDir, signal };
    return routes({ url: repository }, { signal }, (at) => work({ ...asked, repository: at.url }, git, call));
  }

  return {
    // There is no directory around the tree, so its name says only where it is from.
    fileName: (url) => `${fileNameOfUrl(parse(url).repository).replace(/\.git$/, '')}.tar`,

    async locate({ url }, signal) {
      const asked = parse(url);
      const known = isCommit(asked.ref ?? '') ? asked.ref : undefined;
      return locatedAt(url, asked, known ?? (await ask(url, asked, findCommit, signal)));
    },

    async versions(url, signal) {
      const asked = parse(url);
      return { current: asked.ref ?? 'HEAD', known: await ask(url, asked, listTags, signal) };
    },

    // The source is asked, not the pinned address: it has the credentials that no lock file may hold.
    async locatePinned({ url }, pinned) {
      const commit = commitOf(pinned);
      return commit === undefined ? undefined : locatedAt(url, parse(url), commit);
    },
  };
}

async function clearAbandoned(partsDir: string, { clock, files }: Pick<TransportTools, 'clock' | 'files'>) {
  for (const name of await files.list(partsDir)) {
    const dir = path.join(partsDir, name);
    const stat = name.startsWith('.git.') ? await files.findStat(dir) : undefined;
    if (stat !== undefined && stat.mtimeMs < clock.now() - ABANDONED_MS) await files.removeTree(dir);
  }
}

function aboutPointers([first, ...others]: readonly string[], url: string): string {
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `"${first}"${more} in "${url}" only name files of Git LFS, which are not fetched`;
}

function parse(url: string): Asked {
  const source = parseGitUrl(url);
  if (source !== undefined) return { ...source, ...apart(source.repository) };
  throw new Failure('INVALID_VALUE', `Cannot fetch "${redactUrl(url)}": it is no address of a git repository`, {
    hint: 'Write git+https://host/repository.git, with "ref", "subdir" and "submodules" beside it',
  });
}

/** An address without the user and password in it, which go to its server another way. */
function apart(repository: string): Pick<Asked, 'repository' | 'login'> {
  const url = new URL(repository);
  const header = /^https?:$/.test(url.protocol) ? basicOf(url) : undefined;
  if (header === undefined) return { repository, login: undefined };
  return {
    repository: Object.assign(url, { username: '', password: '' }).href,
    login: { origin: url.origin, header },
  };
}
