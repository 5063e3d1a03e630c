export const identity = 'test.tool@r1';
export const build = `
  make
`;
export async function install(ctx) {
  await ctx.run('make install';
}
