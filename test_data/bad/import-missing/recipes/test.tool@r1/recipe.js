import { flags } from './flag.js';

export const identity = 'test.tool@r1';
export const install = `touch ${flags}`;
