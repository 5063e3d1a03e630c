// What ctx.run answers: both streams apart, the status of a command that fails, its input.
export const identity = 'test.build_with_run@r1';

export async function build(ctx) {
  const split = await ctx.run('echo to-stdout; echo to-stderr >&2');
  const failed = await ctx.run(['echo before', 'exit 7', 'echo never'], { check: false });
  const fed = await ctx.run('cat', { stdin: 'fed\n', quiet: true });
  await ctx.write('answers.json', JSON.stringify({ split, failed, fed }));
}
