export const identity = 'test.tool@r1';
export const build = `
  for line in $(seq 1 40); do echo "compiling part $line"; done
  echo 'part.c:7: error: expected a fork' >&2
  exit 2
`;
