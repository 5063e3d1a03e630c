// Names for files that are about to get their real name.
import { randomBytes } from 'node:crypto';

/** A name that nobody else uses, in the same directory as the final one so that a rename can finish it. */
export function temporaryName(name: string): string {
  return `.${name.slice(0, 200)}.${randomName()}.tmp`;
}

/** Hexadecimal digits that nobody else comes upon. */
export function randomName(): string {
  return randomBytes(6).toString('hex');
}
