export const identity = 'test.tool@r1';
export async function check(ctx) {
  const { stdout } = await ctx.run('echo yes');
  return stdout;
}
export const install = 'true';
