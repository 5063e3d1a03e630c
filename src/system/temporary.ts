// Names for files that are about to get their real name.
import { randomBytes, randomUUID } from 'node:crypto';

/** A name that nobody else uses, in the same directory as the final one so that a rename can finish it. */
export function temporaryName(name: string): string {
  return `.${name.slice(0, 200)}.${randomName()}.tmp`;
}

/** True for what a process that died has left in the place of a file. */
export function isTemporaryName(name: string): boolean {
  return /^\..*\.[0-9a-f]{12}\.tmp$/.test(name);
}

/** Hexadecimal digits that nobody else comes upon. */
export function randomName(): string {
  return randomBytes(6).toString('hex');
}

/** RFC 9562, version 4. */
export function randomUuid(): string {
  return randomUUID();
}
