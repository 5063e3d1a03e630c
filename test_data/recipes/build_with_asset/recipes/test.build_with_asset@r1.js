// A build that reads the asset of its dependency, by ctx.asset and by the variable of a shell string.
export const identity = 'test.build_with_asset@r1';

export const dependencies = [{ recipe: 'test.spices@r1', needed_by: 'build' }];

export async function build(ctx) {
  const spices = await ctx.asset('spices');
  await ctx.write('from-function.txt', await ctx.read(ctx.path.join(spices, 'list.txt')));
}

export const install = `
  cp "$GALLEY_STAGE_DIR/from-function.txt" .
  cp "$GALLEY_ASSET_SPICES/list.txt" from-variable.txt
`;
