// What the page of a code says beside its meaning: written by hand, in one table, and complete because of its type.
import type { Code } from '../../model/codes.ts';
import { BUILDING } from './building.ts';
import { ENVIRONMENT } from './environment.ts';
import { INPUT } from './input.ts';
import { SHARING } from './sharing.ts';

export interface Advice {
  /** A directory of test_data/bad that provokes it; otherwise test_data/told has what was read. */
  example?: string;
  /** How it comes about, and why galley does not just go on. */
  why: string;
  /** What to do, the likeliest first. */
  steps: readonly string[];
}

export const ADVICE: Record<Code, Advice> = { ...INPUT, ...BUILDING, ...SHARING, ...ENVIRONMENT };
