// What a registry refuses, in the words of this house. The codes are those of its JSON (OCI Distribution Specification,
// "Error Codes").
import { Failure } from '../../model/failure.ts';
import { isJsonObject, type Json } from '../../model/json.ts';
import { stripControl } from '../../system/terminal.ts';

export interface Refusal {
  /** As people write it. */
  url: string;
  registry: string;
  status: number;
  /** What the registry says. */
  text: string;
  /** Whether we have said who we are. */
  isKnown: boolean;
  does: 'fetch' | 'write';
}

const GONE: Record<string, string> = {
  NAME_UNKNOWN: 'the registry has no such repository',
  MANIFEST_UNKNOWN: 'the repository has no such tag or digest',
  BLOB_UNKNOWN: 'the repository does not have the bytes that its manifest names',
};
const TRANSIENT = new Set([408, 429, 500, 502, 503, 504]);
/** Bytes that were damaged on their way; and docker-registry says so of a blob that somebody else is just pushing. */
const DAMAGED = 'DIGEST_INVALID';

export function ociFailure({ url, registry, status, text, isKnown, does }: Refusal): Failure {
  const { code, message } = firstError(text);
  const facts = { url, status, ...(code !== '' && { said: code }) };
  const fail = (reason: string) => `Cannot ${does} "${url}": ${reason}`;
  if (status === 404)
    return new Failure('SOURCE_NOT_FOUND', fail(GONE[code] ?? 'the registry does not have it'), { facts });
  if (status === 401 || status === 403) {
    const hint = isKnown
      ? `Check what your account may do there, or run docker login ${registry} with another`
      : `Run docker login ${registry}, or docker logout where an old password is kept`;
    return new Failure('FETCH_FAILED', fail('the registry denies access'), { hint, facts });
  }
  const said = [code, message].filter(Boolean).join(': ');
  return new Failure(
    'FETCH_FAILED',
    fail(`the registry answers with status ${status}${said === '' ? '' : ` (${said})`}`),
    { transient: TRANSIENT.has(status) || code === DAMAGED, facts },
  );
}

function firstError(text: string): { code: string; message: string } {
  const [first] = parseErrors(text);
  const { code, message } = isJsonObject(first) ? first : {};
  return { code: wordOf(code), message: wordOf(message) };
}

function parseErrors(text: string): readonly (Json | undefined)[] {
  try {
    const value = JSON.parse(text) as Json;
    return isJsonObject(value) && Array.isArray(value.errors) ? value.errors : [];
  } catch {
    return [];
  }
}

function wordOf(value: Json | undefined): string {
  return typeof value === 'string' ? stripControl(value).slice(0, 200) : '';
}
