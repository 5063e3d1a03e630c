export const identity = 'test.soup@r1';
export const install = 'touch soup';
