export const identity = 'test.tool@r1';
export function fetch(ctx) {
  return { adress: 'https://example.com/tool.tar.gz' };
}
