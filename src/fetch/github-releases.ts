// What the API of GitHub says of releases and their files, and words for what it refuses. Knows nothing of downloads.
import { parseSha256, type Sha256 } from '../model/digest.ts';
import { Failure, isFailure } from '../model/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import { findNearest } from '../model/suggest.ts';
import { stripControl } from '../system/terminal.ts';
import type { GitHub } from './gh-config.ts';
import { parseAnswer } from './registry.ts';
import type { TransportTools } from './transport.ts';

export interface ReleaseName {
  /** As it is written, for messages. */
  source: string;
  owner: string;
  repo: string;
  tag: string;
  asset: string;
}

export interface Asset {
  /** Hands out the bytes to whoever may see the repository. */
  apiUrl: string;
  /** Absent: published before GitHub had digests. */
  sha256: Sha256 | undefined;
  sizeBytes: number | undefined;
}

export interface Releases {
  /** @throws Failure SOURCE_NOT_FOUND with what there is, FETCH_FAILED */
  findAsset(wanted: ReleaseName, signal: AbortSignal): Promise<Asset>;
  /** The newest first. */
  listTags(wanted: ReleaseName, signal: AbortSignal): Promise<string[]>;
  /** Secrets. */
  headersFor(github: GitHub): Record<string, string>;
}

/** A page of the list; older releases nobody means by mistake. */
const LISTED = 100;

export function createReleases({ registry }: TransportTools, readConfig: () => Promise<GitHub>): Releases {
  const headersFor = ({ token }: GitHub) => ({ ...(token !== undefined && { authorization: `Bearer ${token}` }) });

  async function ask(wanted: ReleaseName, rest: string, signal: AbortSignal): Promise<Json> {
    const github = await readConfig();
    const headers = {
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
      ...headersFor(github),
    };
    const url = `${github.api}/repos/${wanted.owner}/${wanted.repo}/releases${rest}`;
    try {
      return parseAnswer((await registry.read(url, { headers, signal })).text, url);
    } catch (error) {
      throw isFailure(error, 'FETCH_FAILED') ? explained(error, github) : error;
    }
  }

  async function listTags(wanted: ReleaseName, signal: AbortSignal): Promise<string[]> {
    try {
      const releases = await ask(wanted, `?per_page=${LISTED}`, signal);
      return (Array.isArray(releases) ? releases : []).filter(isJsonObject).map(({ tag_name: tag }) => `${tag}`);
    } catch (error) {
      throw isFailure(error, 'SOURCE_NOT_FOUND') ? noRepository(wanted, await readConfig()) : error;
    }
  }

  async function readRelease(wanted: ReleaseName, signal: AbortSignal): Promise<Json> {
    try {
      return await ask(wanted, `/tags/${encodeURIComponent(wanted.tag)}`, signal);
    } catch (error) {
      throw isFailure(error, 'SOURCE_NOT_FOUND') ? noRelease(wanted, await listTags(wanted, signal)) : error;
    }
  }

  return {
    headersFor,
    listTags,
    async findAsset(wanted, signal) {
      const release = await readRelease(wanted, signal);
      const assets = isJsonObject(release) && Array.isArray(release.assets) ? release.assets.filter(isJsonObject) : [];
      const asset = assets.find(({ name }) => name === wanted.asset);
      const { api } = await readConfig();
      // A token goes to the API that it is for, whatever the answer says.
      if (asset === undefined || !`${asset.url}`.startsWith(`${api}/`)) throw noAsset(wanted, assets);
      const sha256 = parseSha256(`${asset.digest}`.replace(/^sha256:/, ''));
      const sizeBytes = Number.isSafeInteger(asset.size) ? Number(asset.size) : undefined;
      return { apiUrl: `${asset.url}`, sha256, sizeBytes };
    },
  };
}

function noRepository({ source, owner, repo }: ReleaseName, { token, variable, web }: GitHub): Failure {
  const hint =
    token === undefined
      ? `If it is private, set ${variable} to a token that may read it, or run gh auth login`
      : 'Look at the name; if it is private, the token has to be one that may read it';
  const message = `Cannot fetch "${source}": ${web} has no repository ${owner}/${repo} that we may see`;
  return new Failure('SOURCE_NOT_FOUND', message, { hint });
}

function noRelease({ source, tag }: ReleaseName, tags: readonly string[]): Failure {
  const message = `Cannot fetch "${source}": the repository has no release "${tag}"`;
  return new Failure('SOURCE_NOT_FOUND', message, { hint: adviceFor(tag, tags, 'The repository has no releases') });
}

function noAsset({ source, asset, tag }: ReleaseName, assets: readonly JsonObject[]): Failure {
  const names = assets.map(({ name }) => `${name}`);
  const message = `Cannot fetch "${source}": release "${tag}" has no file "${asset}"`;
  return new Failure('SOURCE_NOT_FOUND', message, { hint: adviceFor(asset, names, 'The release has no files') });
}

/** A message is no place for three hundred names. */
function adviceFor(word: string, names: readonly string[], none: string): string {
  if (names.length === 0) return none;
  const nearest = findNearest(word, names);
  const [shown, rest] = [names.slice(0, 20), names.length - 20];
  const list = `It has ${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  return stripControl(nearest === undefined ? list : `Did you mean "${nearest}"? ${list}`);
}

function explained(failure: Failure, { token, variable }: GitHub): Failure {
  const { code, message, facts, transient } = failure;
  const advice =
    facts.status === 401
      ? 'GitHub does not accept the token: make a new one, or run gh auth login'
      : facts.rateLimitEnds !== undefined && token === undefined
        ? `Set ${variable} to a token, with which GitHub answers more questions, or write the sha256 into the recipe, with which nothing is asked`
        : failure.hint;
  return new Failure(code, message, {
    transient,
    facts,
    cause: failure,
    ...(advice !== undefined && { hint: advice }),
  });
}
