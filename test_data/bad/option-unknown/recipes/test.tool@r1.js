export const identity = 'test.tool@r1';
export const options = {
  version: { type: 'semver', default: '1.2.3', range: '>=1.0.0' },
  mode: { type: 'string', choices: ['debug', 'release'], default: 'release' },
  cores: { type: 'int', default: 1, range: [1, 64] },
};
export const install = 'touch made';
