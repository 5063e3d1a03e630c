// Asks one of the small services around S3 that hand out credentials, and answers the text of what it says.
import { Failure } from '../../model/failure.ts';
import { redactUrl } from '../../model/redact.ts';
import type { Http, HttpRequest } from '../../system/http.ts';
import { stripControl } from '../../system/terminal.ts';
import { readWhole } from '../body.ts';
import { textOf } from './xml.ts';

const MOST_BYTES = 1024 * 1024;
/** They are near, and answer at once or not at all. */
const LONGEST_MS = 10_000;

/** Of this machine itself: a proxy would ask its own. */
export const NEAR = { noProxy: '*' };

export interface SmallRequest extends HttpRequest {
  /** For messages. */
  from: string;
  longestMs?: number;
}

/** @throws Failure FETCH_FAILED for any status but 200 */
export async function askSmall(request: SmallRequest, http: Http): Promise<string> {
  const { from, longestMs = LONGEST_MS, signal, ...rest } = request;
  const limit = AbortSignal.timeout(longestMs);
  try {
    // What it says may be a secret, and what it is told: no redirect leads that elsewhere.
    const response = await http.request({ ...rest, redirect: 'answer', signal: AbortSignal.any([signal, limit]) });
    const text = (await readWhole(response, MOST_BYTES)).toString();
    if (response.status === 200) return text;
    const said = textOf(text, 'Message') ?? '';
    const reason = `${from} answers with status ${response.status}${said === '' ? '' : ` (${stripControl(said)})`}`;
    throw new Failure('FETCH_FAILED', `Cannot get credentials: ${reason}`, {
      transient: response.status >= 500,
      facts: { url: redactUrl(request.url), status: response.status },
    });
  } catch (error) {
    if (signal.aborted || !limit.aborted) throw error;
    throw new Failure('FETCH_FAILED', `Cannot get credentials: ${from} does not answer`, { transient: true });
  }
}
