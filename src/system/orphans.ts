// What a killed process leaves running. The record of its lock names its commands, and whoever gets that lock ends them
// first: they would go on writing where somebody else works by now.
import type { Clock } from './clock.ts';
import { endTarget } from './group.ts';
import { findProcess } from './host.ts';

/** A command that must not outlive the owner of a lock. */
export interface OwnedCommand {
  /** As for kill(2): a process id, or the negative of a process group's. */
  target: number;
  /** Of the process with that id, which alone may be somebody else's by now. */
  startTime: string;
}

export function describeCommand(target: number): OwnedCommand {
  return { target, startTime: findProcess(Math.abs(target))?.startTime ?? '' };
}

/** Ends what still runs, without grace: nobody is left whom its answer would reach. */
export async function endOrphans(commands: readonly OwnedCommand[], clock: Clock): Promise<void> {
  await Promise.all(commands.filter(isStillThere).map(({ target }) => endTarget(target, clock, 0)));
}

/** A group whose first process has ended keeps its number as long as it has members. */
function isStillThere({ target, startTime }: OwnedCommand): boolean {
  const found = findProcess(Math.abs(target));
  return found === undefined ? target < 0 : found.startTime === startTime;
}
