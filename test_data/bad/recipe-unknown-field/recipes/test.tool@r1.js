export const identity = 'test.tool@r1';
export const fetch = { url: 'https://example.com/tool.tar.gz', sha265: 'f00d' };
