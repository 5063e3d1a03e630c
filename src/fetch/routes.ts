// Which servers are asked for an address, and in which order: its mirrors and then itself, each with as many attempts as
// make sense while another is left. Knows nothing of what is done with the answers.
import type { Emit } from '../model/event.ts';
import { Failure, isFailure } from '../model/failure.ts';
import { type Mirror, type Way, waysTo } from '../model/mirror.ts';
import { redactUrl } from '../model/redact.ts';
import { harmlessHeaders } from '../system/http.ts';
import type { Attempts } from './attempts.ts';
import type { Located } from './source.ts';

/** An address with what its server is told. */
export type Target = Pick<Located, 'url' | 'headers' | 'connection' | 'request'>;

interface About {
  package?: string | undefined;
  /** Of the last way; the usual number unless somebody around us tries again, or has another way. */
  attempts?: number | undefined;
  signal: AbortSignal;
}

/** Does the work with one server after the other, until one has what is wanted. */
export type Routes = <T>(target: Target, about: About, work: (at: Target) => Promise<T>) => Promise<T>;

/** A mirror that fails is not waited for: there is somebody else to ask. */
const ATTEMPTS_OF_MIRRORS = 2;

export function createRoutes(options: { mirrors: readonly Mirror[]; attempts: Attempts; emit: Emit }): Routes {
  const { mirrors, attempts, emit } = options;
  // For the rest of the run they are asked last: a hundred files must not wait a hundred times for a dead server.
  const unreachable = new Set<string>();
  const isOut = ({ mirror }: Way) => mirror !== undefined && unreachable.has(mirror);

  return async (target, about, work) => {
    const ways = waysTo(target.url, mirrors);
    const ordered = [...ways.filter((way) => !isOut(way)), ...ways.filter(isOut)];
    const failures: string[] = [];
    for (const [index, way] of ordered.entries()) {
      const at = targetOf(way, target);
      const isLast = index === ordered.length - 1;
      try {
        const how = { ...about, url: at.url, ...(!isLast && { attempts: ATTEMPTS_OF_MIRRORS }) };
        return await attempts(how, () => work(at));
      } catch (error) {
        if (!isFailure(error) || !mayBeElsewhere(error)) throw error;
        if (isLast) throw withOthers(error, failures);
        if (error.transient && way.mirror !== undefined) unreachable.add(way.mirror);
        failures.push(error.message);
        const owner = about.package === undefined ? {} : { package: about.package };
        const isMissing = error.code === 'SOURCE_NOT_FOUND';
        emit({ type: 'mirror.failed', ...owner, url: redactUrl(target.url), reason: error.message, isMissing });
      }
    }
    throw new Error('an address has at least one way to it');
  };
}

/** Another server has other eyes: what says something about us stays with the one it was meant for. */
function targetOf({ url, mirror }: Way, target: Target): Target {
  if (mirror === undefined) return target;
  const { headers = {} } = target;
  return {
    url,
    headers: URL.parse(url)?.origin === URL.parse(target.url)?.origin ? headers : harmlessHeaders(headers),
  };
}

/** Wrong bytes, a full disk or a cancelled run are no reason to ask somebody else. */
function mayBeElsewhere({ code }: Failure): boolean {
  return code === 'FETCH_FAILED' || code === 'SOURCE_NOT_FOUND';
}

/** The last one failed like all before it; the reader wants to know of each. */
function withOthers(last: Failure, others: readonly string[]): Failure {
  if (others.length === 0) return last;
  const { code, message, transient, facts, hint } = last;
  const before = `Mirrors were asked before: ${others.join('; ')}`;
  return new Failure(code, message, {
    ...{ transient, cause: last, facts: { ...facts, mirrors: [...others] } },
    hint: hint === undefined ? before : `${hint}. ${before}`,
  });
}
