export const identity = 'test.tool@r1';

export const fetch = {
  path: 'tree',
  include: ['+(+(a|aa)|a+(a))b', '{1..30000000}', 'pages/[id.js'],
  exclude: ['../*', 'doc\\*.md', '[[:upper:]]*'],
};
