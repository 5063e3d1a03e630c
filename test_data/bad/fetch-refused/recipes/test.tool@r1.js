export const identity = 'test.tool@r1';
export const fetch = { url: 'http://127.0.0.1:9/tool.tar.gz', sha256: '0123456789abcdef'.repeat(4) };
