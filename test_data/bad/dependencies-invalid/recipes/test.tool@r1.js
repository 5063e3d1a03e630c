export const identity = 'test.tool@r1';
export const options = { tls: { type: 'string', default: 'none' } };
export function dependencies({ tls }) {
  return [{ recipe: tls, needed_by: 'link' }];
}
