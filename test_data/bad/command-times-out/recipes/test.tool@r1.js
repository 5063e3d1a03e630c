export const identity = 'test.tool@r1';
export async function build(ctx) {
  await ctx.run('sleep 60', { timeout_s: 0.2 });
}
