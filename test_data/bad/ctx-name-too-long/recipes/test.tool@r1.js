export const identity = 'test.tool@r1';
export async function install(ctx) {
  await ctx.write(`${'long-'.repeat(60)}.txt`, 'text');
}
