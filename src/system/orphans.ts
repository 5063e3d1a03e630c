// What a killed process leaves running. The record of its lock names its commands, and whoever gets that lock ends them
// first: they would go on writing where somebody else works by now.
import { readFileSync } from 'node:fs';
import type { Clock } from './clock.ts';
import { guardSync, isErrno } from './errno.ts';
import { endTarget, findMembers } from './group.ts';
import { findProcess } from './host.ts';

/** A command that must not outlive the owner of a lock. */
export interface Command {
  /** As for kill(2): a process id, or the negative of a process group's. */
  target: number;
  /** `NAME=value` in its environment, and in nobody's who was not started by it: a number may be a stranger's by now. */
  mark: string;
}

export interface OwnedCommand extends Command {
  /** Of the process with that number, where a system does not show the environment of others. */
  startTime: string;
}

export function describeCommand({ target, mark }: Command): OwnedCommand {
  return { target, mark, startTime: findProcess(Math.abs(target))?.startTime ?? '' };
}

/** Whether what stands in a file is such a description: to kill(2), 0 and -1 are everybody. */
export function isOwnedCommand(found: unknown): found is OwnedCommand {
  const { target, mark, startTime } = (found ?? {}) as Partial<OwnedCommand>;
  const isTarget = Number.isSafeInteger(target) && Math.abs(target as number) > 1;
  return isTarget && typeof mark === 'string' && mark.includes('=') && typeof startTime === 'string';
}

/** Ends what still runs, without grace: nobody is left whom its answer would reach. */
export async function endOrphans(commands: readonly OwnedCommand[], clock: Clock): Promise<void> {
  await Promise.all(commands.filter(isStillThere).map(({ target }) => endTarget(target, clock, 0)));
}

/**
 * A group lives on when the process that it is named after has ended, and then nobody's start can be compared: the
 * number may be that of a daemon, whose first process ends by custom.
 */
function isStillThere({ target, mark, startTime }: OwnedCommand): boolean {
  if (process.platform === 'linux') return findMembers(target).some((pid) => hasMark(pid, mark));
  return startTime !== '' && findProcess(Math.abs(target))?.startTime === startTime;
}

function hasMark(pid: number, mark: string): boolean {
  const file = `/proc/${pid}/environ`;
  try {
    return guardSync('read', file, () => readFileSync(file, 'latin1'))
      .split('\0')
      .includes(Buffer.from(mark).toString('latin1'));
  } catch (error) {
    // It has ended since, or is another user's, whom our commands are not.
    if (isErrno(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return false;
    throw error;
  }
}
