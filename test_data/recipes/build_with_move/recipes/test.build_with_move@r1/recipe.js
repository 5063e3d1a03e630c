// Moves a tree out of stage_dir; a target that is there stays as it is.
export const identity = 'test.build_with_move@r1';

export const fetch = { path: 'pantry' };

export async function install(ctx) {
  const shelf = ctx.path.join(ctx.stage_dir, 'pantry/shelf');
  await ctx.move(shelf, 'shelf');
  await ctx.write('taken.txt', 'mine');
  try {
    await ctx.move(ctx.path.join(ctx.stage_dir, 'pantry/salt.txt'), 'taken.txt');
  } catch (error) {
    ctx.log.info(error.code);
  }
  await ctx.write('source-is-gone.txt', String(!(await ctx.exists(shelf))));
}
