// An OCI registry: Debian's docker-registry with an empty storage, open to all, with a password, or with tokens of a
// server that a test starts beside it.
import { createHash } from 'node:crypto';
import { mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { removeAll } from './disk.ts';
import { startForeignServer } from './foreign-server.ts';
import { startTokenServer, type TokenServer } from './token-server.ts';

/** Who may do everything with a registry that lets not everybody in. */
export const LOGIN = 'galley:sesame';
/** Made once by `htpasswd -nbBC 4`: bcrypt, the only kind that this registry takes. */
const HTPASSWD = 'galley:$2y$04$oXK9aISk4/ZNG2qqYAXvweHO8zMyRWVFaByuPZZyGEnR6Noz/08bK\n';

export interface Registry {
  /** `127.0.0.1:port` */
  host: string;
  /** `oci://127.0.0.1:port/<rest>` */
  url(rest: string): string;
  /** The config.json of somebody who has logged in with `docker login`. */
  dockerConfig: string;
  /** With `auth: 'token'`. */
  tokens: TokenServer | undefined;
  /** Any request to the registry, with credentials. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** Takes a blob in, and answers its digest. */
  putBlob(repository: string, content: string | Buffer): Promise<string>;
  /** Takes a manifest in, and answers its digest. */
  putManifest(repository: string, reference: string, manifest: Manifest): Promise<string>;
  /** Where the registry keeps a blob on disk. */
  blobFile(digest: string): string;
}

export type Manifest = { mediaType: string } & Record<string, unknown>;

export async function startRegistry({ auth = 'none' }: { auth?: 'none' | 'basic' | 'token' } = {}): Promise<Registry> {
  const dir = await mkdtemp(path.join(await realpath(tmpdir()), 'galley-registry-'));
  onTestFinished(() => removeAll(dir));
  const tokens = auth === 'token' ? await startTokenServer(dir, LOGIN) : undefined;
  await writeFile(`${dir}/htpasswd`, HTPASSWD);
  await writeFile(`${dir}/config.json`, JSON.stringify(configOf(dir, auth, tokens)));
  const port = await startForeignServer(['docker-registry', 'serve', `${dir}/config.json`], {
    listening: /listening on 127\.0\.0\.1:(\d+)/,
  });
  const host = `127.0.0.1:${port}`;
  const ask: Registry['ask'] = (where, init = {}) => {
    const headers = new Headers(init.headers);
    if (auth !== 'none') headers.set('authorization', tokens?.everything() ?? `Basic ${btoa(LOGIN)}`);
    return fetch(new URL(where, `http://${host}`), { ...init, headers });
  };
  return {
    ...{ host, tokens, ask },
    url: (rest) => `oci://${host}/${rest}`,
    dockerConfig: JSON.stringify({ auths: { [host]: { auth: btoa(LOGIN) } } }),
    async putBlob(repository, content) {
      const digest = digestOf(content);
      const begun = await expectStatus(ask(`/v2/${repository}/blobs/uploads/`, { method: 'POST' }), 202);
      const target = new URL(begun.headers.get('location') ?? '', `http://${host}`);
      target.searchParams.set('digest', digest);
      await expectStatus(ask(target.href, { method: 'PUT', body: new Uint8Array(Buffer.from(content)) }), 201);
      return digest;
    },
    async putManifest(repository, reference, manifest) {
      const body = JSON.stringify(manifest);
      const headers = { 'content-type': manifest.mediaType };
      await expectStatus(ask(`/v2/${repository}/manifests/${reference}`, { method: 'PUT', headers, body }), 201);
      return digestOf(body);
    },
    blobFile(digest) {
      const hex = digest.replace('sha256:', '');
      return `${dir}/data/docker/registry/v2/blobs/sha256/${hex.slice(0, 2)}/${hex}/data`;
    },
  };
}

export function digestOf(content: string | Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** JSON is YAML, which the registry reads. */
function configOf(dir: string, auth: string, tokens: TokenServer | undefined): unknown {
  const kinds: Record<string, unknown> = {
    basic: { htpasswd: { realm: 'galley', path: `${dir}/htpasswd` } },
    token: { token: tokens?.config },
  };
  return {
    version: '0.1',
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: `${dir}/data` }, delete: { enabled: true } },
    http: { addr: '127.0.0.1:0', secret: 'shared by nobody' },
    ...(auth !== 'none' && { auth: kinds[auth] }),
  };
}

async function expectStatus(asked: Promise<Response>, status: number): Promise<Response> {
  const response = await asked;
  if (response.status === status) return response;
  throw new Error(`The registry answers ${response.status}: ${await response.text()}`);
}
