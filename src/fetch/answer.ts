// What the status of an answer means for whoever fetches.
import { Failure } from '../model/failure.ts';
import { redactUrl } from '../model/redact.ts';
import type { Clock } from '../system/clock.ts';
import type { HttpResponse } from '../system/http.ts';

/** Overload and restarts pass; every other refusal would be repeated. */
const TRANSIENT = new Set([408, 425, 429, 500, 502, 503, 504]);
/** What a date can hold. */
const MOST_SECONDS = 8.64e12;
const GONE = new Set([404, 410]);

/** The failure that an answer other than the wanted one is. */
export function refusalOf({ status, url, headers }: HttpResponse, clock: Clock): Failure {
  const shown = redactUrl(url);
  const facts = { url: shown, status };
  if (GONE.has(status)) {
    return new Failure('SOURCE_NOT_FOUND', `Cannot fetch "${shown}": the server does not have it (status ${status})`, {
      facts,
    });
  }
  const limitEnds = rateLimitEnd(status, headers);
  if (limitEnds !== undefined) {
    const until = new Date(limitEnds)
      .toISOString()
      .replace(/:\d\d\.\d+Z/, ' UTC')
      .replace('T', ' ');
    const message = `Cannot fetch "${shown}": the server answers no more questions until ${until} (status ${status})`;
    return new Failure('FETCH_FAILED', message, { facts: { ...facts, rateLimitEnds: limitEnds } });
  }
  const hint =
    status === 401 || status === 403
      ? { hint: 'Check the credentials for this server: "galley doctor" shows the .netrc and the tokens that count' }
      : {};
  const retryAfterMs = parseRetryAfter(headers['retry-after'], clock);
  return new Failure('FETCH_FAILED', `Cannot fetch "${shown}": the server answers with status ${status}`, {
    transient: TRANSIENT.has(status),
    facts: { ...facts, ...(retryAfterMs !== undefined && { retryAfterMs }) },
    ...hint,
  });
}

/** Epoch milliseconds, where all questions of an hour or so are used up: waiting for that would be longer than a retry. */
function rateLimitEnd(status: number, headers: HttpResponse['headers']): number | undefined {
  if ((status !== 403 && status !== 429) || headers['x-ratelimit-remaining'] !== '0') return undefined;
  const seconds = Number(headers['x-ratelimit-reset']);
  return seconds > 0 && seconds < MOST_SECONDS ? seconds * 1000 : undefined;
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function parseRetryAfter(value: string | undefined, clock: Clock): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - clock.now());
}
