// A build that is a function, and no install: stage_dir becomes the asset.
export const identity = 'test.build_function@r1';

export const options = { tone: { type: 'string', default: 'loud' } };

export async function build(ctx) {
  ctx.log.info(`building ${ctx.identity}`);
  await ctx.mkdir('share');
  await ctx.write('share/tone.txt', ctx.template('{{tone}}\n', ctx.options));
}
