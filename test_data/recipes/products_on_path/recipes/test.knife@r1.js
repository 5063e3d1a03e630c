// Offers a program.
export const identity = 'test.knife@r1';

export const products = { knife: 'bin/knife' };
export const install = `
  mkdir bin
  printf '#!/bin/sh\\necho "cut $1"\\n' > bin/knife
  chmod +x bin/knife
`;
