// `git+https:`, `git+http:`, `git+ssh:`, `git+file:` and `git:`: a tree of a repository. To everybody else it is a file,
// the tar of that tree, with an address that names its commit: pins, store and unpacking need to know no more.
import { Failure } from '../model/failure.ts';
import { commitOf, formatGitUrl, type GitSource, isCommit, parseGitUrl } from '../model/git.ts';
import { redactUrl } from '../model/redact.ts';
import { temporaryName } from '../system/temporary.ts';
import { createGit } from './git-command.ts';
import { findCommit } from './git-refs.ts';
import { packTree } from './git-tree.ts';
import { offline } from './offline.ts';
import type { Located } from './source.ts';
import type { Transport, TransportTools } from './transport.ts';
import { fileNameOfUrl } from './web.ts';

export function createGitTransport(tools: TransportTools): Transport {
  const { attempts, clock, env, files, store } = tools;
  const git = createGit({ env, clock });

  /** A repository of this machine is there without a network. */
  const demandNetwork = (url: string, { repository }: GitSource) => {
    if (tools.offline && !repository.startsWith('file:')) throw offline(url);
  };

  function locatedAt(url: string, source: GitSource, commit: string): Located {
    const { repository, subdir, submodules } = source;
    const wanted = { repository, commit, submodules, ...(subdir !== undefined && { subdir }) };
    return {
      url: formatGitUrl(url, { ref: commit }),
      read({ signal, onProgress }) {
        demandNetwork(url, source);
        const workDir = store.partFile(temporaryName('git'));
        return packTree(wanted, { git, files, url: redactUrl(url), workDir, signal, onProgress });
      },
    };
  }

  return {
    // There is no directory around the tree, so its name says only where it is from.
    fileName: (url) => `${fileNameOfUrl(parse(url).repository).replace(/\.git$/, '')}.tar`,

    async locate({ url }, signal) {
      const source = parse(url);
      if (source.ref !== undefined && isCommit(source.ref)) return locatedAt(url, source, source.ref);
      demandNetwork(url, source);
      const call = { url: redactUrl(url), dir: tools.projectDir, signal };
      return locatedAt(url, source, await attempts({ url, signal }, () => findCommit(source, git, call)));
    },

    // The source is asked, not the pinned address: it has the credentials that no lock file may hold.
    async locatePinned({ url }, pinned) {
      const commit = commitOf(pinned);
      return commit === undefined ? undefined : locatedAt(url, parse(url), commit);
    },
  };
}

function parse(url: string): GitSource {
  const source = parseGitUrl(url);
  if (source !== undefined) return source;
  throw new Failure('INVALID_VALUE', `Cannot fetch "${redactUrl(url)}": it is no address of a git repository`, {
    hint: 'Write git+https://host/repository.git, with "ref", "subdir" and "submodules" beside it',
  });
}
