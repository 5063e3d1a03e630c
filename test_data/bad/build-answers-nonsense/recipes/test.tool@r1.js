export const identity = 'test.tool@r1';

export async function build(ctx) {
  return { mesno: { options: { tests: false } } };
}
