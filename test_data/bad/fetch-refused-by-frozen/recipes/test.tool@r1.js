export const identity = 'test.tool@r1';
export const fetch = 'https://127.0.0.1:9/tool.tar.gz';
