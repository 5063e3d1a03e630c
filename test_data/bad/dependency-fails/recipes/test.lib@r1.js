export const identity = 'test.lib@r1';
export const install = 'echo "no flour" >&2; exit 1';
