export const identity = 'test.tool@r1';
import { flags } from '../shared/flags.js';

export const install = `touch ${flags}`;
