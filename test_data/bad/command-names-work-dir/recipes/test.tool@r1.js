export const identity = 'test.tool@r1';
export const build = `
  cp /bin/ls tool
`;
export const install = `
  printf '\\0%s' "$PWD" > tool
`;
