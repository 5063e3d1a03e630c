// Who holds a lock: the record that stands in the lock's file for others to read, and the question whether that process
// is still there.
import type { LockOwner } from '../model/event.ts';
import { bootId, findAncestors, findProcess, hostName, isAlive } from './host.ts';
import { readRecord } from './lock-kernel.ts';
import { isOwnedCommand, type OwnedCommand } from './orphans.ts';

export interface OwnerRecord extends LockOwner {
  /** Start of the machine and process table that `pid` belongs to. */
  boot: string;
  /** Start of the process: its number alone may be somebody else's by now. */
  startTime: string;
  /** What it runs under the lock at the moment. */
  commands?: OwnedCommand[];
}

/** The part of this process's records that is always the same; where there is no /proc it takes two commands to find. */
export function describeSelf(): Omit<OwnerRecord, 'command' | 'since'> {
  const startTime = findProcess(process.pid)?.startTime ?? '';
  return { pid: process.pid, host: hostName(), boot: bootId(), startTime };
}

export function encodeOwner(record: OwnerRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** Undefined when there is no file, or its record is empty or half written: the lock has just changed hands. */
export function readOwner(file: string): OwnerRecord | undefined {
  const text = readRecord(file);
  return text === undefined ? undefined : decodeOwner(text);
}

/** Undefined when the text is no whole record. What it says of commands is left out unless it is what we write. */
export function decodeOwner(text: string): OwnerRecord | undefined {
  const { commands, ...record } = parse(text) ?? {};
  if (!isRecord(record)) return undefined;
  return Array.isArray(commands) && commands.every(isOwnedCommand) ? { ...record, commands } : record;
}

function parse(text: string): Partial<OwnerRecord> | null {
  try {
    return JSON.parse(text) as Partial<OwnerRecord> | null;
  } catch {
    return null;
  }
}

function isRecord(found: Partial<OwnerRecord>): found is Omit<OwnerRecord, 'commands'> {
  const { pid, since, host, command, boot, startTime } = found;
  const areTexts = [host, command, boot, startTime].every((text) => typeof text === 'string');
  return areTexts && Number.isSafeInteger(pid) && (pid as number) > 0 && Number.isFinite(since);
}

/** `elsewhere`: on another machine, before a restart, or in another container – nothing can be said from here. */
export function fateOf(owner: OwnerRecord, self: OwnerRecord): 'alive' | 'dead' | 'elsewhere' {
  if (owner.host !== self.host || owner.boot !== self.boot) return 'elsewhere';
  return isAlive(owner) ? 'alive' : 'dead';
}

/** True when the owner started this process, perhaps through others: it waits for us, so we must not wait for it. */
export function isAncestor(owner: OwnerRecord, self: OwnerRecord): boolean {
  return findAncestors().some((ancestor) => isSame(owner, { ...self, ...ancestor }));
}

/** True when both records are of one process. */
export function isSame(a: OwnerRecord, b: OwnerRecord): boolean {
  return a.pid === b.pid && a.startTime === b.startTime && a.boot === b.boot && a.host === b.host;
}

/** The part of a record that is an event's business. */
export function toLockOwner({ pid, host, command, since }: OwnerRecord): LockOwner {
  return { pid, host, command, since };
}
