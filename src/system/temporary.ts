// Names for files that are about to get their real name.
import { randomBytes, randomUUID } from 'node:crypto';

/** File systems end names at 255 bytes. */
const LONGEST = 200;

/** A name that nobody else uses, in the same directory as the final one so that a rename can finish it. */
export function temporaryName(name: string): string {
  return `.${name.slice(0, LONGEST)}.${randomName()}.tmp`;
}

/** True for what a process that died has left in the place of a file: of this one, or of any. */
export function isTemporaryName(name: string, of?: string): boolean {
  const [, final] = /^\.(.*)\.[0-9a-f]{12}\.tmp$/.exec(name) ?? [];
  return final !== undefined && (of === undefined || final === of.slice(0, LONGEST));
}

/** Hexadecimal digits that nobody else comes upon. */
export function randomName(): string {
  return randomBytes(6).toString('hex');
}

/** RFC 9562, version 4. */
export function randomUuid(): string {
  return randomUUID();
}
