// The whole repository: what each team has in its own manifest, and what all of them use.
export const include = ['web', 'data'];

export const bundles = {
  platform: { identity: 'team.platform@r1', source: 'platform' },
};

export const packages = [{ recipe: 'team.lint@r1', bundle: 'platform' }];
