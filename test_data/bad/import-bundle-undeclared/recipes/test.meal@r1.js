import { word } from 'bundle:kitchen/lib/words.js';
export const identity = 'test.meal@r1';
export const dependencies = [{ recipe: 'galley.zlib@r1' }];
export const install = `echo ${word} > meal`;
