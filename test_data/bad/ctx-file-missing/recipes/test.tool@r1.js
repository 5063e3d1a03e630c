export const identity = 'test.tool@r1';
export async function install(ctx) {
  const text = await ctx.read('settings.txt');
  await ctx.write('made', text);
}
