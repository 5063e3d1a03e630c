// `github:<owner>/<repo>@<tag>#<asset>`: a file of a release. It is downloaded from where everybody's browser gets it; the
// API is asked only for the digest of what has no pin, for what is private, and for words about what is not there.
import { Failure } from '../model/failure.ts';
import type { HttpResponse } from '../system/http.ts';
import { type GitHub, readGitHub } from './gh-config.ts';
import { createReleases, type ReleaseName } from './github-releases.ts';
import type { Located } from './source.ts';
import type { Transport, TransportTools } from './transport.ts';

export function createGithub(tools: TransportTools): Transport {
  const { http, env, files } = tools;
  let reading: Promise<GitHub> | undefined;
  const readConfig = () => (reading ??= readGitHub({ env, files }));
  const releases = createReleases(tools, readConfig);

  async function addressOf({ owner, repo, tag, asset }: ReleaseName): Promise<string> {
    const { web } = await readConfig();
    return [web, ...[owner, repo, 'releases', 'download', ...tag.split('/'), asset].map(encodeURIComponent)].join('/');
  }

  /** The address that anybody may ask, and through the API what it keeps from strangers. */
  function located(url: string, wanted: ReleaseName): Located {
    return {
      url,
      async request(range, signal): Promise<HttpResponse> {
        const response = await http.request({ url, headers: range, signal });
        if (!isHidden(response)) return response;
        await response.discard();
        const asset = await releases.findAsset(wanted, signal);
        const accept = { accept: 'application/octet-stream' };
        const headers = { ...range, ...releases.headersFor(await readConfig()), ...accept };
        return await http.request({ url: asset.apiUrl, headers, signal });
      },
    };
  }

  return {
    fileName: (url) => parseName(url).asset,

    async locate({ url, sha256: known }, signal) {
      const wanted = parseName(url);
      const address = await addressOf(wanted);
      // Without a token GitHub answers sixty questions in an hour; whoever has the digest need not ask.
      if (known !== undefined) return located(address, wanted);
      const { sha256, sizeBytes } = await releases.findAsset(wanted, signal);
      return {
        ...located(address, wanted),
        ...(sizeBytes !== undefined && { sizeBytes }),
        ...(sha256 === undefined ? { isUnverified: true } : { sha256 }),
      };
    },

    // The name says it all, and no lock file can say another server.
    locatePinned: async ({ url }) => located(await addressOf(parseName(url)), parseName(url)),

    async versions(url, signal) {
      const wanted = parseName(url);
      return { current: wanted.tag, known: await releases.listTags(wanted, signal) };
    },
  };
}

/** A private repository is not there for strangers; a company's server may send them to its log-in. */
function isHidden({ status, url }: HttpResponse): boolean {
  return status === 404 || status === 401 || /^\/login(?:\/|$)/.test(new URL(url).pathname);
}

function parseName(url: string): ReleaseName {
  const [, owner, repo, tag, asset] = /^github:([\w.-]+)\/([\w.-]+)@([^#\s]+)#([^#/\\\s]+)$/i.exec(url) ?? [];
  const isName = owner && repo && tag && asset && ![owner, repo, asset].some((word) => /^\.\.?$/.test(word));
  if (isName) return { source: url, owner, repo, tag, asset };
  throw new Failure('INVALID_VALUE', `Cannot fetch "${url}": expected github:<owner>/<repo>@<tag>#<asset>`, {
    hint: 'Name one file of a release, such as github:ninja-build/ninja@v1.12.1#ninja-linux.zip; the sources of a tag are git+https://github.com/<owner>/<repo>.git with "ref"',
  });
}
