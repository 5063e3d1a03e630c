// What --offline answers to whoever would ask the network.
import { Failure, isFailure } from '../model/failure.ts';
import { redactUrl } from '../model/redact.ts';

export function offline(...urls: [string, ...string[]]): Failure {
  const shown = [...new Set(urls.map(redactUrl))];
  const names = shown.map((url) => `"${url}"`).join(', ');
  return new Failure('OFFLINE', `Cannot fetch ${names}: --offline forbids it`, {
    hint: 'Run once without --offline: what is downloaded then is kept, and found by the sha256 in its recipe or in galley.lock',
    facts: { url: shown[0] as string, urls: shown },
  });
}

/** What several failures of one batch come to: all that would have been needed, or else the first that has another reason. */
export function joinFailures(reasons: readonly unknown[]): unknown {
  const other = reasons.find((reason) => !isFailure(reason, 'OFFLINE'));
  const [first, ...others] = reasons as Failure[];
  if (other !== undefined || first === undefined || others.length === 0) return other ?? first;
  const [url, ...urls] = [first, ...others].flatMap(({ facts }) => facts.urls as string[]) as [string, ...string[]];
  const joined = offline(url, ...urls);
  return first.location === undefined ? joined : joined.at(first.location);
}
