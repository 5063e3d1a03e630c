// What everything of ours is compiled with. Which packages these are is said once, in galley.js.
export const toolchain = [{ product: 'cc' }, { product: 'cmake' }, { product: 'ninja' }];
