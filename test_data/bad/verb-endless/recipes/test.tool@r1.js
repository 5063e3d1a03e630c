export const identity = 'test.tool@r1';
export async function install(ctx) {
  for (let turn = 0; ; turn++) ctx.path.join('a', 'b');
}
