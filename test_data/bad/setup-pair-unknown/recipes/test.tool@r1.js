export const identity = 'test.tool@r1';
export const setup = { udev: { check: 'true', install: 'true' } };
export const install = 'touch made';
