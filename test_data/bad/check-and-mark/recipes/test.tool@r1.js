export const identity = 'test.tool@r1';
export const check = 'false';
export async function install(ctx) {
  ctx.mark_install_complete();
}
