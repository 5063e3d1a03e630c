// What `galley lock` and `galley update` answer: each change on a line, and how complete galley.lock is then.
import type { LockAnswer, LockRequest } from '../build/lock/lock.ts';
import type { Services } from '../build/services.ts';
import { formatChange } from '../model/lock-words.ts';
import type { Answer } from './answer.ts';
import { toJson } from './json.ts';
import { statusOf } from './status.ts';

type How = Pick<LockRequest, 'isCheck' | 'isDry'>;

/** The exit status of a lock file that does not say everything: what it says is right. */
const INCOMPLETE = 1;

export function answerLock(answer: LockAnswer, { isCheck, isDry }: How, { emit }: Services): Answer {
  const { platforms, outcome, failures } = answer;
  const changes = platforms.flatMap((platform) => platform.changes);
  // Of packages that failed their own events have told.
  for (const error of isCheck ? failures : []) emit({ type: 'problem.found', error });
  const unlocked = platforms.flatMap(({ platform, unlocked: open }) => open.map((one) => ({ platform, ...one })));
  for (const { platform, package: name, source, reason } of unlocked) {
    const what = source === undefined ? name : `"${source}" of ${name}`;
    emit({ type: 'log.message', level: 'warn', text: `Not locked for ${platform}: ${what}. ${reason}` });
  }
  if (!isCheck) tellCount(changes.length, isDry, emit);
  const complete = outcome === 'ok' && unlocked.length === 0 ? 0 : INCOMPLETE;
  const words = { ok: unlocked.length === 0 ? 'ok' : 'incomplete', failed: 'failed', cancelled: 'cancelled' };
  return {
    status: statusOf(failures.map(({ code }) => code)) || complete,
    ...(changes.length > 0 && !isCheck && { stdout: changes.map(formatChange).join('\n') }),
    json: toJson({ outcome: words[outcome], platforms, failures }),
  };
}

function tellCount(count: number, isDry: boolean, emit: Services['emit']): void {
  const changes = count === 0 ? 'nothing' : count === 1 ? 'one record' : `${count} records`;
  const text = isDry ? `Would change ${changes} of galley.lock` : `Changed ${changes} of galley.lock`;
  emit({ type: 'log.message', level: 'info', text });
}
