export const identity = 'test.tool@r1';
export async function install(ctx) {
  await ctx.write('old', 'old');
  await ctx.write('new', 'new');
  await ctx.move('new', 'old');
}
