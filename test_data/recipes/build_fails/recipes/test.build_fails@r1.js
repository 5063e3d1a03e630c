// A build that fails: the error points at the verb.
export const identity = 'test.build_fails@r1';

export const build = `
  echo the oven is cold >&2
  exit 3
`;
