export const identity = 'test.tool@r1';
export const setup = { udev: { check: 'false', install: 'true' } };
export const install = 'touch made';
