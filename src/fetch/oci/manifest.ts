// Manifests of OCI artifacts: got, verified, and read as far as it says which files there are. For an index the manifest
// for this machine is taken. (OCI Image Specification, "Image Manifest" and "Image Index".)
import { parseSha256, type Sha256 } from '../../model/digest.ts';
import { Failure } from '../../model/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Platform } from '../../model/platform.ts';
import { sha256OfBytes } from '../../system/digest.ts';
import type { HttpResponse } from '../../system/http.ts';
import { stripControl } from '../../system/terminal.ts';
import { readWhole } from '../body.ts';
import { parseAnswer } from '../registry.ts';
import type { Oci } from './client.ts';
import { DIGEST, formatRepository, type OciRepository } from './reference.ts';

/** One of the files of an artifact. */
export interface OciFile {
  digest: string;
  sha256: Sha256;
  sizeBytes: number;
  /** The name that whoever pushed it gave to it. */
  title: string | undefined;
}

export interface OciManifest {
  digest: string;
  files: OciFile[];
}

export interface ManifestQuery {
  repository: OciRepository;
  /** Tag or digest. */
  reference: string;
  signal: AbortSignal;
}

export const IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const DOCKER = 'application/vnd.docker.distribution.manifest';
export const ACCEPT = [IMAGE, INDEX, `${DOCKER}.v2+json`, `${DOCKER}.list.v2+json`].join(', ');

/** Registries take no larger ones, by the specification of distribution. */
const MOST_BYTES = 4 * 1024 * 1024;
/** An index of indexes has been seen; more is a trap. */
const MOST_LEVELS = 3;

/** @throws Failure SOURCE_NOT_FOUND, DIGEST_MISMATCH, FETCH_FAILED */
export async function readManifest(query: ManifestQuery, oci: Oci, platform: Platform): Promise<OciManifest> {
  let { reference } = query;
  for (let level = 0; level < MOST_LEVELS; level++) {
    const found = await readDocument({ ...query, reference }, oci);
    const { digest, document } = found;
    const shown = showManifest(query);
    if (Array.isArray(document.layers))
      return { digest, files: document.layers.map((layer) => parseFile(layer, shown)) };
    if (!Array.isArray(document.manifests)) throw malformed(shown);
    reference = choose(document.manifests.filter(isJsonObject), platform, shown);
  }
  throw new Failure('FETCH_FAILED', `Cannot fetch "${showManifest(query)}": its indexes lead to ever more indexes`);
}

export function showManifest({ repository, reference }: Pick<ManifestQuery, 'repository' | 'reference'>): string {
  return `${formatRepository(repository)}${DIGEST.test(reference) ? '@' : ':'}${reference}`;
}

async function readDocument(query: ManifestQuery, oci: Oci): Promise<{ digest: string; document: JsonObject }> {
  const { repository, reference, signal } = query;
  const shown = showManifest(query);
  const request = { method: 'GET', repository, path: `manifests/${reference}`, shown, action: 'pull', signal } as const;
  const response = await oci.send({ ...request, headers: { accept: ACCEPT } }, [200]);
  const bytes = await readWhole(response, MOST_BYTES);
  const digest = `sha256:${sha256OfBytes(bytes)}`;
  // A tag says nothing of what it leads to; then the registry does.
  const expected = DIGEST.test(reference) ? reference : response.headers['docker-content-digest'];
  if (expected?.startsWith('sha256:') && expected !== digest) throw mismatch(shown, expected, digest);
  const document = parseAnswer(bytes.toString(), shown);
  if (!isJsonObject(document) || isTwofold(document, response)) throw malformed(shown);
  return { digest, document };
}

/** One reader could take it for an image and another for an index, or by its header for something else (CVE-2021-41190). */
function isTwofold({ mediaType, layers, manifests }: JsonObject, { headers }: HttpResponse): boolean {
  const type = headers['content-type']?.split(';')[0]?.trim();
  return (
    (layers !== undefined && manifests !== undefined) ||
    (mediaType !== undefined && type !== undefined && mediaType !== type)
  );
}

function parseFile(layer: Json, shown: string): OciFile {
  const { digest, size, annotations } = isJsonObject(layer) ? layer : {};
  const sha256 = typeof digest === 'string' && DIGEST.test(digest) ? parseSha256(digest.slice(7)) : undefined;
  if (typeof digest !== 'string' || sha256 === undefined || typeof size !== 'number' || !Number.isSafeInteger(size))
    throw malformed(shown);
  const title = isJsonObject(annotations) ? annotations['org.opencontainers.image.title'] : undefined;
  return { digest, sha256, sizeBytes: size, title: typeof title === 'string' && title !== '' ? title : undefined };
}

/** The names of Go, which the specification takes. */
const ARCHITECTURES: Record<Platform['arch'], string> = { x86_64: 'amd64', arm64: 'arm64' };

/** The digest of the manifest for this machine; of one that is for none in particular, when there is no other. */
function choose(manifests: readonly JsonObject[], { os, arch }: Platform, shown: string): string {
  const ours = manifests.find(({ platform }) => formatPlatform(platform) === `${os}/${ARCHITECTURES[arch]}`);
  const [only, ...others] = manifests;
  const chosen = ours ?? (others.length === 0 && only?.platform === undefined ? only : undefined);
  if (chosen === undefined) {
    const known = manifests.map(({ platform }) => formatPlatform(platform)).filter((name) => name !== undefined);
    throw new Failure('SOURCE_NOT_FOUND', `Cannot fetch "${shown}": it has nothing for ${os}/${ARCHITECTURES[arch]}`, {
      hint: known.length === 0 ? 'Name one of its manifests by digest' : `It has ${[...new Set(known)].join(', ')}`,
      facts: { url: shown },
    });
  }
  if (typeof chosen.digest !== 'string' || !DIGEST.test(chosen.digest)) throw malformed(shown);
  return chosen.digest;
}

function formatPlatform(platform: Json | undefined): string | undefined {
  if (!isJsonObject(platform)) return undefined;
  return stripControl(`${platform.os}/${platform.architecture}`).slice(0, 60);
}

function mismatch(shown: string, expected: string, actual: string): Failure {
  const message = `Cannot use "${shown}": its manifest has the digest ${actual}, and should have ${expected}`;
  return new Failure('DIGEST_MISMATCH', message, {
    hint: 'The registry, or somebody between you and it, hands out other bytes than were pushed',
    facts: { expected, actual, url: shown },
  });
}

function malformed(shown: string): Failure {
  return new Failure('FETCH_FAILED', `Cannot read "${shown}": it is not an OCI manifest or index`, {
    facts: { url: shown },
  });
}
