import { word } from 'bundle:kitchn/lib/words.js';
export const identity = 'test.meal@r1';
export const dependencies = [{ bundle: 'kitchn' }];
export const install = `echo ${word} > meal`;
