export const identity = 'test.tool@r1';
export async function install(ctx) {
  const { flags } = await import('./flags.js');
  await ctx.run(`touch ${flags}`);
}
