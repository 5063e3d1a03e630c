import { expect, test } from 'vitest';
import type { Code } from '../model/codes.ts';
import { statusOf } from './status.ts';

test.each<[Code[], number]>([
  [[], 0],
  [['NO_PIN', 'NO_CHECK'], 0],
  [['USAGE', 'UNKNOWN_FIELD'], 2],
  [['UNKNOWN_FIELD', 'NO_PIN'], 2],
  [['OFFLINE', 'NO_SPACE'], 3],
  [['UNKNOWN_FIELD', 'COMMAND_FAILED'], 1],
  [['OFFLINE', 'UNKNOWN_FIELD'], 1],
  [['OFFLINE', 'DEPENDENCY_FAILED'], 3],
  [['DEPENDENCY_FAILED'], 1],
  [['COMMAND_FAILED', 'INTERNAL', 'INTERRUPTED'], 70],
  [['COMMAND_FAILED', 'INTERRUPTED'], 130],
])('%j end with %i', (codes, status) => expect(statusOf(codes)).toBe(status));
