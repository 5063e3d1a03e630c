// Requests to OCI registries: their scheme, who we are to them, and what they refuse. It knows nothing of what is in the
// answers.
import type { HttpBody, HttpMethod, HttpResponse } from '../../system/http.ts';
import { readWhole } from '../body.ts';
import { offline } from '../offline.ts';
import { createSharing } from '../sharing.ts';
import type { TransportTools } from '../transport.ts';
import { type Challenge, parseChallenge } from './challenge.ts';
import { ociFailure } from './failure.ts';
import { findLogin } from './logins.ts';
import { apiUrl, formatRepository, type OciRepository } from './reference.ts';
import { type Grant, meetChallenge } from './tokens.ts';

export interface OciRequest {
  method: HttpMethod;
  repository: OciRepository;
  /** Below the repository (`manifests/1.2`), or an address that the registry has named. */
  path: string;
  /** What it is about, as people write it. */
  shown?: string;
  action: 'pull' | 'push';
  headers?: Readonly<Record<string, string>>;
  body?: HttpBody;
  signal: AbortSignal;
}

export interface Oci {
  /** Answers with one of the `fine` statuses; every other is thrown, with what the registry says of it. */
  send(request: OciRequest, fine: readonly number[]): Promise<HttpResponse>;
}

const MOST_ERROR_BYTES = 1024 * 1024;
const ACTIONS = { pull: 'pull', push: 'pull,push' };

export function createOci(tools: TransportTools): Oci {
  const { http, clock } = tools;
  const share = createSharing<Grant | undefined>();
  const grants = new Map<string, Grant>();
  const keyOf = ({ repository, action }: OciRequest) => `${formatRepository(repository)} ${action}`;

  const ask = (request: OciRequest, grant: Grant | undefined): Promise<HttpResponse> => {
    const { method, repository, path, headers, body, signal } = request;
    const url = /^https?:/.test(path) ? path : apiUrl(repository, path);
    // An address that the registry names may be somebody else's: system/http keeps credentials only from redirects.
    const isOwn = new URL(url).origin === new URL(apiUrl(repository, '')).origin;
    const own = grant !== undefined && isOwn ? { authorization: grant.authorization } : {};
    return http.request({ url, method, headers: { ...headers, ...own }, body, signal });
  };

  /** One for all who ask the same at the same time. */
  async function findGrant(challenge: Challenge, request: OciRequest): Promise<Grant | undefined> {
    const { repository, action, signal } = request;
    const { registry, name } = repository;
    // A registry asks for what one request needs; who looks first and then writes would need a second token.
    const own = `repository:${name}:${ACTIONS[action]}`;
    const scope = action === 'pull' && challenge.scheme === 'bearer' ? (challenge.scope ?? own) : own;
    const grant = await share(keyOf(request), signal, async (shared) => {
      const login = await findLogin(repository, tools, shared);
      return await meetChallenge({ registry, challenge, login, scope, signal: shared }, tools);
    });
    if (grant !== undefined) grants.set(keyOf(request), grant);
    return grant;
  }

  /** The registry says itself what it wants to know; what it has accepted is kept for as long as it is good. */
  async function askAs(request: OciRequest): Promise<HttpResponse> {
    const kept = grants.get(keyOf(request));
    const response = await ask(request, kept !== undefined && kept.expiresAt > clock.now() ? kept : undefined);
    const challenge = response.status === 401 ? parseChallenge(response.headers['www-authenticate'] ?? '') : undefined;
    const grant = challenge && (await findGrant(challenge, request));
    if (grant === undefined) return response;
    await response.discard();
    return await ask(request, grant);
  }

  return {
    async send(request, fine) {
      const { repository, method, shown = formatRepository(repository) } = request;
      if (tools.offline) throw offline(shown);
      const response = await askAs(request);
      if (fine.includes(response.status)) return response;
      const text = (await readWhole(response, MOST_ERROR_BYTES)).toString();
      const isKnown = grants.get(keyOf(request))?.isKnown ?? false;
      const does = method === 'GET' || method === 'HEAD' ? 'fetch' : 'write';
      const { registry } = repository;
      throw ociFailure({ url: shown, registry, status: response.status, text, isKnown, does });
    },
  };
}
