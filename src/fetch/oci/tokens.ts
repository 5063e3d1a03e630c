// Meets the challenge of a registry: with the password itself, or with a token that the server it names gives for it
// (Docker Registry v2 authentication).
import { Failure } from '../../model/failure.ts';
import { isJsonObject } from '../../model/json.ts';
import { redactUrl } from '../../model/redact.ts';
import type { HttpRequest } from '../../system/http.ts';
import { refusalOf } from '../answer.ts';
import { readWhole } from '../body.ts';
import { parseAnswer } from '../registry.ts';
import type { TransportTools } from '../transport.ts';
import type { Challenge } from './challenge.ts';
import type { Login } from './logins.ts';
import { isLocal } from './reference.ts';

/** A header, and when it is of no use any more (epoch ms). Secrets. */
export interface Grant {
  authorization: string;
  expiresAt: number;
  /** Somebody has logged in: it is not what everybody gets. */
  isKnown: boolean;
}

export interface Wish {
  /** As people write it. */
  registry: string;
  challenge: Challenge;
  login: Login | undefined;
  /** What the token is to be good for. */
  scope: string;
  signal: AbortSignal;
}

const MOST_BYTES = 1024 * 1024;
/** What a token is good for that does not say how long. */
const SHORTEST_MS = 60_000;
/** An answer is under way for a while. */
const EARLY_MS = 10_000;

/** Undefined when there is nothing to answer with. */
export async function meetChallenge(wish: Wish, tools: TransportTools): Promise<Grant | undefined> {
  const { challenge, login } = wish;
  if (challenge.scheme === 'bearer') return await fetchToken({ ...wish, challenge }, tools);
  if (login === undefined || 'identityToken' in login) return undefined;
  return { authorization: basicOf(login), expiresAt: Number.POSITIVE_INFINITY, isKnown: true };
}

type Bearer = Extract<Challenge, { scheme: 'bearer' }>;

async function fetchToken(wish: Wish & { challenge: Bearer }, tools: TransportTools): Promise<Grant> {
  const { registry, challenge } = wish;
  const realm = URL.parse(challenge.realm);
  const isSafe = realm?.protocol === 'https:' || (realm?.protocol === 'http:' && isLocal(realm.host));
  if (realm === null || !isSafe) {
    const message = `Cannot log in to "${registry}": it asks to be logged in to at an address that is not https`;
    throw new Failure('FETCH_FAILED', message, { facts: { url: redactUrl(challenge.realm) } });
  }
  const response = await tools.http.request({ ...tokenRequest(realm, wish), signal: wish.signal });
  if (response.status === 401 || response.status === 403) {
    await response.discard();
    const message = `Cannot log in to "${registry}": its token server does not accept the credentials`;
    throw new Failure('FETCH_FAILED', message, {
      hint: `Run docker login ${registry}`,
      facts: { url: redactUrl(realm.href), status: response.status },
    });
  }
  if (response.status !== 200) {
    await response.discard();
    throw refusalOf(response, tools.clock);
  }
  const answer = parseAnswer((await readWhole(response, MOST_BYTES)).toString(), realm.href);
  const { token, access_token = token, expires_in } = isJsonObject(answer) ? answer : {};
  if (typeof access_token !== 'string' || /[^\x21-\x7e]/.test(access_token))
    throw new Failure('FETCH_FAILED', `Cannot log in to "${registry}": the answer of its token server has no token`);
  const lastsMs = typeof expires_in === 'number' ? expires_in * 1000 : SHORTEST_MS;
  const expiresAt = tools.clock.now() + Math.max(lastsMs, SHORTEST_MS) - EARLY_MS;
  return { authorization: `Bearer ${access_token}`, expiresAt, isKnown: wish.login !== undefined };
}

function tokenRequest(
  realm: URL,
  { challenge, login, scope }: Wish & { challenge: Bearer },
): Omit<HttpRequest, 'signal'> {
  const wanted = {
    ...(challenge.service !== undefined && { service: challenge.service }),
    scope,
  };
  if (login !== undefined && 'identityToken' in login) {
    const form = { ...wanted, grant_type: 'refresh_token', client_id: 'galley', refresh_token: login.identityToken };
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { url: realm.href, method: 'POST', headers, body: Buffer.from(`${new URLSearchParams(form)}`) };
  }
  const url = new URL(realm);
  for (const [name, value] of Object.entries(wanted)) url.searchParams.set(name, value);
  return { url: url.href, headers: login === undefined ? {} : { authorization: basicOf(login) } };
}

function basicOf({ user, password }: Exclude<Login, { identityToken: string }>): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
