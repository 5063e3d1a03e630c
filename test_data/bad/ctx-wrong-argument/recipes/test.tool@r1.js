export const identity = 'test.tool@r1';
export async function install(ctx) {
  await ctx.run('make', { cdw: 'src' });
}
