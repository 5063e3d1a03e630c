// Names of artifacts in OCI registries: `oci://registry/repository:tag`, `…@sha256:…`, and `#file` for one of several.
import { Failure } from '../../model/failure.ts';
import { redactUrl } from '../../model/redact.ts';
import { stripControl } from '../../system/terminal.ts';

export interface OciRepository {
  /** As people write it: `ghcr.io`, `localhost:5000`. */
  registry: string;
  /** `acme/tools/zlib` */
  name: string;
}

export interface OciReference extends OciRepository {
  /** A tag, or a digest: `sha256:…`. */
  reference: string;
  /** The title of a file in it, or the digest of one. */
  file: string | undefined;
}

// OCI Distribution Specification 1.1, "Pulling manifests".
const STEP = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const NAME = `${STEP}(?:/${STEP})*`;
const REPOSITORY = new RegExp(`^oci://((?:[a-zA-Z0-9.-]+|\\[[0-9a-f:]+\\])(?::\\d+)?)/(${NAME})`);
const TAG = /^[a-z0-9_][a-z0-9._-]{0,127}$/i;
export const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Docker's own registry is asked at another name than people write. */
const HOSTS: Record<string, string> = { 'docker.io': 'registry-1.docker.io' };

/** @throws Failure INVALID_VALUE */
export function parseOciUrl(url: string): OciReference {
  const [, rest = '', file] = /^([^#]*)(?:#(.+))?$/s.exec(url) ?? [];
  const repository = parseRepository(rest);
  const tail = rest.slice(repository.text.length);
  const [, tag, digest] = /^(?::([^@]*))?(?:@(.*))?$/.exec(tail) ?? [];
  if (tag !== undefined && !TAG.test(tag)) throw refused(url);
  // With both, the digest counts: a tag may move, and is there for people.
  if (digest !== undefined && !DIGEST.test(digest)) throw refused(url);
  const reference = digest ?? tag;
  // Its last step becomes the name of a file.
  const isName = file === undefined || !/(?:^|\/)(?:\.{0,2})$/.test(file);
  if (reference === undefined || !isName || stripControl(url) !== url) throw refused(url);
  return { registry: repository.registry, name: repository.name, reference, file };
}

/** `oci://registry/repository` alone. */
export function parseOciStore(url: string): OciRepository {
  const { text, ...repository } = parseRepository(url.replace(/\/$/, ''));
  if (text === url.replace(/\/$/, '')) return repository;
  throw new Failure(
    'INVALID_VALUE',
    `Cannot use "${redactUrl(url)}" as a store: expected oci://<registry>/<repository>`,
    {
      hint: 'Leave out the tag: each object has one of its own',
    },
  );
}

function parseRepository(url: string): OciRepository & { text: string } {
  const [text, registry, name] = REPOSITORY.exec(url) ?? [];
  if (text === undefined || registry === undefined || name === undefined) throw refused(url);
  return { text, registry: registry.toLowerCase(), name };
}

/** Nobody has a certificate for this machine itself; for every other, http would hand passwords to the network. */
const LOCAL = /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/;

export function isLocal(host: string): boolean {
  return LOCAL.test(host);
}

/** Where the API of a repository begins. */
export function apiUrl({ registry, name }: OciRepository, path: string): string {
  return `${isLocal(registry) ? 'http' : 'https'}://${HOSTS[registry] ?? registry}/v2/${name}/${path}`;
}

export function formatRepository({ registry, name }: OciRepository): string {
  return `oci://${registry}/${name}`;
}

function refused(url: string): Failure {
  return new Failure(
    'INVALID_VALUE',
    `Cannot fetch "${redactUrl(url)}": expected oci://<registry>/<repository>:<tag> or …@sha256:<digest>`,
    { hint: 'For one of several files add its name after #, such as oci://ghcr.io/acme/tools:1.2#zlib.tar.gz' },
  );
}
