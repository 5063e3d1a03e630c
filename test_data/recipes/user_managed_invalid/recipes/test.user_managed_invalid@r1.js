// Has a check and marks its install complete: one of the two has to go.
export const identity = 'test.user_managed_invalid@r1';

export const check = 'test -f "$HOME/oven"';

export async function install(ctx) {
  ctx.mark_install_complete();
}
