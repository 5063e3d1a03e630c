export const identity = 'test.tool@r1';
export async function install(ctx) {
  const settings = JSON.parse('{ broken');
  await ctx.write('settings.json', settings.text);
}
