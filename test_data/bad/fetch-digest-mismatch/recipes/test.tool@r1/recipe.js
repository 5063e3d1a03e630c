export const identity = 'test.tool@r1';
export async function fetch(ctx) {
  await ctx.import(`${ctx.project_root}/recipes/test.tool@r1/sources.txt`, 'sources.txt', '0123456789abcdef'.repeat(4));
}
