// Wraps a file of the home directory: nothing of it is in the cache.
export const identity = 'test.user_managed_simple@r1';

const isHot = 'test -f "$HOME/oven"';

export async function check(ctx) {
  const { exit_code } = await ctx.run(isHot, { check: false, quiet: true });
  return exit_code === 0;
}

export async function install(ctx) {
  await ctx.run('echo hot > "$HOME/oven"');
}
