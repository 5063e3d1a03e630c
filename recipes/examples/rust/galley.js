// A Rust toolchain that is new enough for the project, whoever has put it on the host. Those of rustup are found
// through this variable where they are not in the home directory.
export const env = ['RUSTUP_HOME'];
export const packages = [{ recipe: 'galley.rust@r1', options: { minimum: '1.70' } }];
