export const identity = 'test.tool@r1';
export async function install(ctx) {
  await ctx.run(await ctx.product('python3'));
}
