// What the platform team hands to everybody: recipes, and code for the recipes of others. It could as well lie in a repository
// of its own; then only the "source" in the manifests would say so.
export const identity = 'team.platform@r1';

export const recipes = {
  'team.lint@r1': 'recipes/lint.js',
};
