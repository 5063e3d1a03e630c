// Something to depend on.
export const identity = 'test.spices@r1';

export const install = 'echo saffron > list.txt';
