// How often loops over chance run: a few times in every `npm test`, many times in `npm run test:long`. The same code with
// another number.

export const isLong = process.env.GALLEY_TEST_ROUNDS === 'long';

export function rounds(few: number, many: number): number {
  return isLong ? many : few;
}
