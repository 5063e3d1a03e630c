export const identity = 'test.tool@r1';
export async function build(ctx) {
  await ctx.mkdir('src');
  await ctx.run('echo "no such spoon" >&2; exit 7', { cwd: 'src' });
}
