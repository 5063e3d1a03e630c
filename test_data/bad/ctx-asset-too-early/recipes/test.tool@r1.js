export const identity = 'test.tool@r1';
export const dependencies = [{ recipe: 'test.zlib@r1', needed_by: 'install' }];
export async function build(ctx) {
  await ctx.run(`ls ${await ctx.asset('zlib')}`);
}
