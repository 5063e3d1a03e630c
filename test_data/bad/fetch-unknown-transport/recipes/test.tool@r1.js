export const identity = 'test.tool@r1';
export const fetch = 'ftp://ftp.example.com/tool-1.0.tar.gz';
