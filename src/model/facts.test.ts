import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeError } from './facts.ts';
import { Failure } from './failure.ts';

/** As Node makes them. */
function refusal(code: string): Error {
  try {
    return readFileSync('/nowhere/to/be/found') as never;
  } catch (error) {
    return Object.assign(error as Error, { code, message: `${code}: refused, open '/x/y.mjs'` });
  }
}

describe('an error that nobody gave a name', () => {
  it('is the business of the machine when that is worn out, and our bug otherwise', () => {
    const codeOf = (error: unknown) => describeError(error)[0].code;
    expect(codeOf(refusal('EMFILE'))).toBe('IO_ERROR');
    expect(codeOf(refusal('EIO'))).toBe('IO_ERROR');
    expect(codeOf(refusal('ENOSPC'))).toBe('NO_SPACE');
    const thread = Object.assign(new Error('Worker initialization failure: EMFILE'), {
      code: 'ERR_WORKER_INIT_FAILED',
    });
    expect(codeOf(thread)).toBe('IO_ERROR');
    expect(codeOf(new Error('Cannot read package config /x/package.json: too many open files.'))).toBe('IO_ERROR');
    expect(codeOf(refusal('ENOENT'))).toBe('INTERNAL');
    expect(codeOf(Object.assign(new Error('x'), { code: 'EMFILE' }))).toBe('INTERNAL');
    expect(codeOf('EMFILE')).toBe('INTERNAL');
  });

  it('is what went wrong first, when it could not even be cleared away', () => {
    const error = new SuppressedError(refusal('EMFILE'), new Failure('NO_SPACE', 'full'), 'suppressed');
    expect(describeError(error)).toEqual([{ code: 'NO_SPACE', message: 'full' }]);
  });

  it('is told in a bounded number of words, whatever names an author chose', () => {
    const [{ message, hint = '' }] = describeError(
      new Failure('INVALID_VALUE', 'x'.repeat(8e6), { hint: 'y'.repeat(8e6) }),
    );
    expect([message.length, hint.length]).toEqual([16_385, 16_385]);
  });

  it('says what was refused', () => {
    expect(describeError(refusal('EMFILE'))).toEqual([
      { code: 'IO_ERROR', message: "Cannot go on: EMFILE: refused, open '/x/y.mjs'", facts: { errno: 'EMFILE' } },
    ]);
  });
});
