export const identity = 'test.tool@r1';
export async function build(ctx) {
  await ctx.run('1', { shell: { inline: ['no-such-shell', '-c'] } });
}
