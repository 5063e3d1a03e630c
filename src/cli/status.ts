// The exit status of a run with several failures.
import { CODES, type Code, exitStatusOf } from '../model/codes.ts';

/**
 * One kind of failure decides alone: 2 when every failure is the reader's input, 3 when every one is the environment.
 * A bug of ours or an interrupt decides whatever else failed; a mixture is 1. What only was blocked by another failure
 * does not count.
 */
export function statusOf(codes: readonly Code[]): number {
  const own = codes.filter((code) => code !== 'DEPENDENCY_FAILED');
  const decisive =
    own.find((code) => CODES[code].blame === 'bug') ?? own.find((code) => CODES[code].blame === 'interrupt');
  if (decisive) return exitStatusOf(decisive);
  const statuses = new Set((own.length > 0 ? own : codes).map(exitStatusOf).filter((status) => status !== 0));
  if (statuses.size === 0) return 0;
  return statuses.size === 1 ? ([...statuses][0] as number) : 1;
}
