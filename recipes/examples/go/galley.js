// A Go toolchain that is new enough for the project, whoever has put it on the host.
export const packages = [{ recipe: 'galley.go@r1', options: { minimum: '1.21' } }];
