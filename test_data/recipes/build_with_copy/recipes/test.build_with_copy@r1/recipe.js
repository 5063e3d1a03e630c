// Copies a file and a directory; into a directory that is there, under its own name.
export const identity = 'test.build_with_copy@r1';

export const fetch = { path: 'pantry' };

export async function install(ctx) {
  const pantry = ctx.path.join(ctx.stage_dir, 'pantry');
  await ctx.copy(ctx.path.join(pantry, 'salt.txt'), 'file/renamed.txt');
  await ctx.mkdir('into');
  await ctx.copy(ctx.path.join(pantry, 'salt.txt'), 'into');
  await ctx.copy(pantry, 'tree');
  ctx.mark_install_complete();
}
