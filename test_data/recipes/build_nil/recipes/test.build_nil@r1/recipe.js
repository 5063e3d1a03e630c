// No build and no install: what was fetched is the asset.
export const identity = 'test.build_nil@r1';

export const fetch = { path: 'greeting' };
