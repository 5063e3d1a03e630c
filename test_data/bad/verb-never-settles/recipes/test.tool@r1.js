export const identity = 'test.tool@r1';
export async function install(ctx) {
  await new Promise(() => {});
}
