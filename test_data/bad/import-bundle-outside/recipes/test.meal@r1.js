import { word } from 'bundle:kitchen/lib/words.js';
export const identity = 'test.meal@r1';
export const dependencies = [{ bundle: 'kitchen' }];
export const install = `echo ${word} > meal`;
