// A tool in Rust, built with the cargo that is on the host. Toolchains of rustup are found through this variable where
// they are not in the home directory.
export const env = ['RUSTUP_HOME'];
export const packages = ['galley.diffr@r1'];
