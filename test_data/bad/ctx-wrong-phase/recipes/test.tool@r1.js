export const identity = 'test.tool@r1';
export async function build(ctx) {
  ctx.mark_install_complete();
}
