import { expect, test } from 'vitest';
import { OUTPUT_STRATEGIES } from '../model/settings.ts';
import { chooseStrategies, orderByPriority } from './strategy.ts';

test('the default order is that of the priorities', () => {
  expect(orderByPriority()).toEqual(OUTPUT_STRATEGIES);
  expect(chooseStrategies(OUTPUT_STRATEGIES).map(({ priority }) => priority)).toEqual([100, 80, 10]);
});
