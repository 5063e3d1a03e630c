export const identity = 'test.doll@r1';
export const options = { size: { type: 'int', default: 0 } };
export const dependencies = ({ size }) => [{ recipe: 'test.doll@r1', options: { size: size + 1 }, as: 'inner' }];
