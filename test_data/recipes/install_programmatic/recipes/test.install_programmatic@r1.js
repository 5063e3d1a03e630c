// No check and nothing installed: runs on every sync, which lint advises against.
export const identity = 'test.install_programmatic@r1';

export async function install(ctx) {
  ctx.log.info('ran');
}
