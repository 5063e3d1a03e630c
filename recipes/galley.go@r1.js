// The Go toolchain of this host, for recipes that build or fetch with it.
import { findTools, minimum } from './toolchain.js';

export const identity = 'galley.go@r1';
export const description = "The host's Go";
export const homepage = 'https://go.dev/dl';
export const license = 'MIT';

export const platforms = ['linux', 'darwin'];
export const options = { minimum };
// A command that PATH finds, not a path: only the host knows where it is.
export const products = { go: 'go' };

export const check = (ctx) => findTools(ctx, ['go version'], homepage);

export const test = `
  cd "$GALLEY_TMP_DIR"
  printf 'package main\\nimport "strings"\\nfunc main() { println(strings.ToUpper("ahoy")) }\\n' > try.go
  go list -deps try.go | grep -qx strings
`;
