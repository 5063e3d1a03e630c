// The Node of a project, with its npm, beside whichever the host may have.
export const packages = [{ recipe: 'galley.node@r1', options: { version: '24.19.0' } }];
