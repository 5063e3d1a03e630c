// A repository of an OCI registry as a store of objects. Each object is an artifact with one file, under a tag made from
// its name; its version is the digest of its manifest.
//
// Registries know no conditions: whoever writes on one looks just before and after, and again when everybody who looked
// before has written (`settleMs`).
import { isFailure } from '../../model/failure.ts';
import { sha256OfBytes } from '../../system/digest.ts';
import type { HttpResponse } from '../../system/http.ts';
import { readWhole } from '../body.ts';
import { assertExpected } from '../expectation.ts';
import { MOST_OBJECT_BYTES, type ObjectStore } from '../object-store.ts';
import { createSharing } from '../sharing.ts';
import type { TransportTools } from '../transport.ts';
import { type Descriptor, pushBlob } from './blob.ts';
import { ACCEPT, IMAGE, readManifest } from './manifest.ts';
import { apiUrl, formatRepository, type OciRepository, parseOciStore } from './reference.ts';

/** What the artifacts say that they are. */
const OBJECT = 'application/vnd.galley.object.v1';
const EMPTY = 'application/vnd.oci.empty.v1+json';
/** What the specification has for artifacts without a configuration ("Guidance for an Empty Descriptor"). */
const NO_CONFIG = Buffer.from('{}');

/** From a look to the end of one request, on a slow line to a busy registry. */
const SETTLE_MS = 2_000;

export function createOciStore(url: string, tools: TransportTools): ObjectStore {
  const repository = parseOciStore(url);
  const share = createSharing<Descriptor>();

  const askFor = (method: 'GET' | 'HEAD', path: string, signal: AbortSignal): Promise<HttpResponse> =>
    tools.oci().send({ method, repository, path, action: 'pull', headers: { accept: ACCEPT }, signal }, [200, 404]);

  /** Undefined when nothing is there. */
  const versionOf = async (name: string, signal: AbortSignal): Promise<string | undefined> => {
    const head = await askFor('HEAD', `manifests/${tagOf(name)}`, signal);
    await head.discard();
    return head.status === 200 ? (head.headers['docker-content-digest'] ?? '') : undefined;
  };

  return {
    settleMs: SETTLE_MS,
    sourceOf: (name) => ({ url: `${formatRepository(repository)}:${tagOf(name)}` }),

    async read(name, signal, known) {
      if (known !== undefined && (await versionOf(name, signal)) === known) return 'unchanged';
      const manifest = await unlessGone(
        readManifest({ repository, reference: tagOf(name), signal }, tools.oci(), tools.machine()),
      );
      const [file] = manifest?.files ?? [];
      if (manifest === undefined || file === undefined) return undefined;
      const bytes = await readBlob(repository, file.digest, { tools, signal });
      const received = { sha256: sha256OfBytes(bytes), integrity: undefined, sizeBytes: bytes.length };
      assertExpected({ url: apiUrl(repository, `blobs/${file.digest}`), ...received }, file);
      return { bytes, version: manifest.digest };
    },

    async write(name, content, { onlyIf, signal }) {
      const expected = onlyIf === 'absent' ? undefined : onlyIf?.version;
      const about = { url: formatRepository(repository), signal };
      const look = () => tools.attempts(about, () => versionOf(name, signal));
      // All that takes long comes before the look.
      const layer = await pushBlob({ repository, content, mediaType: OBJECT, signal }, tools);
      // All objects have the same, and a registry need not stand several who bring it at once.
      const config = await share(EMPTY, signal, (shared) =>
        pushBlob({ repository, content: NO_CONFIG, mediaType: EMPTY, signal: shared }, tools),
      );
      const body = manifestOf(name, layer, config);
      if (onlyIf !== undefined && (await look()) !== expected) return false;
      const digest = await tag(body, { repository, name, signal }, tools);
      return onlyIf === undefined || (await look()) === digest;
    },
  };
}

/** Tags have fewer letters than names (OCI Distribution Specification, "Pulling manifests"); a digest keeps them apart. */
export function tagOf(name: string): string {
  if (/^[a-z0-9_][a-z0-9._-]{0,127}$/i.test(name)) return name;
  const plain = name.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+/, '');
  return `${plain.slice(0, 100)}_${sha256OfBytes(name).slice(0, 16)}`;
}

interface Push {
  repository: OciRepository;
  name: string;
  signal: AbortSignal;
}

function manifestOf(name: string, layer: Descriptor, config: Descriptor): Buffer {
  const annotations = { 'org.opencontainers.image.title': name.split('/').at(-1) ?? name };
  const manifest = {
    ...{ schemaVersion: 2, mediaType: IMAGE, artifactType: OBJECT, config },
    layers: [{ ...layer, annotations }],
  };
  return Buffer.from(JSON.stringify(manifest));
}

/** Gives a manifest its name; answers its digest. */
async function tag(body: Buffer, { repository, name, signal }: Push, tools: TransportTools): Promise<string> {
  const path = `manifests/${tagOf(name)}`;
  const request = { method: 'PUT', repository, path, action: 'push', body, signal } as const;
  await tools.attempts({ url: formatRepository(repository), signal }, async () => {
    const sent = await tools.oci().send({ ...request, headers: { 'content-type': IMAGE } }, [201]);
    await sent.discard();
  });
  return `sha256:${sha256OfBytes(body)}`;
}

async function readBlob(
  repository: OciRepository,
  digest: string,
  { tools, signal }: { tools: TransportTools; signal: AbortSignal },
): Promise<Buffer> {
  const path = `blobs/${digest}`;
  const response = await tools.oci().send({ method: 'GET', repository, path, action: 'pull', signal }, [200]);
  return await readWhole(response, MOST_OBJECT_BYTES);
}

async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isFailure(error, 'SOURCE_NOT_FOUND')) return undefined;
    throw error;
  }
}
