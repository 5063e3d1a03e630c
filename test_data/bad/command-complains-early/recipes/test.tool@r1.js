export const identity = 'test.tool@r1';
export async function build(ctx) {
  await ctx.run(['echo "part.c:7: error: expected a fork" >&2', 'sleep 0.5', 'seq -f "tidying up %g" 30', 'exit 2']);
}
