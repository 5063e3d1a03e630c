export const identity = 'test.tool@r1';
export const fetch = 's3://bucket/tool.tar.gz';
