// How many bytes there are at an address of the web, without fetching them.
import type { Clock } from '../system/clock.ts';
import type { Http } from '../system/http.ts';
import { refusalOf } from './answer.ts';
import type { Routes, Target } from './routes.ts';

/** Undefined when the server does not say. */
export function measure(
  target: Target,
  { http, clock, routes }: { http: Http; clock: Clock; routes: Routes },
  signal: AbortSignal,
): Promise<number | undefined> {
  return routes(target, { signal }, async ({ url, headers = {} }) => {
    const response = await http.request({ url, headers, method: 'HEAD', signal });
    await response.discard();
    if (response.status !== 200) throw refusalOf(response, clock);
    const length = response.headers['content-length'];
    return length === undefined || response.headers['content-encoding'] !== undefined ? undefined : Number(length);
  });
}
