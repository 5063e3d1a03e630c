// Runs the commands of a project by name.
export const packages = ['galley.just@r1'];
