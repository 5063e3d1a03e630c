// Calls the program of its dependency by its name.
export const identity = 'test.salad@r1';

export const dependencies = [{ product: 'knife', needed_by: 'install' }];
export const install = 'knife leek > salad.txt';
