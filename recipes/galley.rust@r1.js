// The Rust toolchain of this host, for recipes that build with cargo.
import { findTools, minimum } from './toolchain.js';

export const identity = 'galley.rust@r1';
export const description = "The host's Rust compiler and cargo";
export const homepage = 'https://rustup.rs';
export const license = 'MIT';

export const platforms = ['linux', 'darwin'];
export const options = { minimum };
// Commands that PATH finds, not paths: only the host knows where they are.
export const products = { cargo: 'cargo', rustc: 'rustc' };

export const check = (ctx) => findTools(ctx, ['rustc --version', 'cargo --version'], homepage);

export const test = `
  cd "$GALLEY_TMP_DIR"
  echo 'fn main() { println!("{}", (1..=6).product::<u32>()) }' > try.rs
  rustc try.rs
  [ "$(./try)" = 720 ]
`;
