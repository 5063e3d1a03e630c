export const identity = 'test.tool@r1';
export const options = { tls: { type: 'string', default: 'none' } };
const LIBRARIES = { openssl: 'test.openssl@r1' };
export function dependencies({ tls }) {
  return [{ recipe: LIBRARIES[tls].trim() }];
}
