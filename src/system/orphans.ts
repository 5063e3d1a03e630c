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
  await Promise.all(
    commands.map(async (command) => {
      if (await isStillThere(command, clock)) await endTarget(command.target, clock, 0);
    }),
  );
}

/**
 * A group lives on when the process that it is named after has ended, and then nobody's start can be compared: the
 * number may be that of a daemon, whose first process ends by custom.
 */
async function isStillThere({ target, mark, startTime }: OwnedCommand, clock: Clock): Promise<boolean> {
  if (process.platform !== 'linux') return findProcess(Math.abs(target))?.startTime === startTime;
  const until = clock.monotonicMs() + EXEC_MS;
  for (;;) {
    const environments = findMembers(target).map(environmentOf);
    if (environments.some((variables) => variables.includes(Buffer.from(mark).toString('latin1')))) return true;
    if (environments.every((variables) => variables.length > 0) || clock.monotonicMs() >= until) return false;
    await clock.sleep(5);
  }
}

/** A process that becomes another program shows no environment until that is loaded. Few have none for good. */
const EXEC_MS = 500;

/** The variables that a process was started with. */
function environmentOf(pid: number): string[] {
  const file = `/proc/${pid}/environ`;
  try {
    return guardSync('read', file, () => readFileSync(file, 'latin1'))
      .split('\0')
      .slice(0, -1);
  } catch (error) {
    // It has ended since, or is another user's, whom our commands are not.
    if (isErrno(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return [''];
    throw error;
  }
}
