// A Python that is new enough for the project, whoever has put it on the host.
export const packages = [{ recipe: 'galley.python@r1', options: { minimum: '3.8' } }];
