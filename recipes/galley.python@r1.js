// The Python of this host, for recipes that build with it.
import { findTools, minimum } from './toolchain.js';

export const identity = 'galley.python@r1';
export const description = "The host's Python";
export const homepage = 'https://www.python.org/downloads';
export const license = 'MIT';

export const platforms = ['linux', 'darwin'];
export const options = { minimum };
// A command that PATH finds, not a path: only the host knows where it is.
export const products = { python3: 'python3' };

export const check = (ctx) => findTools(ctx, ['python3 --version'], homepage);

export const test = `[ "$(python3 -c 'import math; print(math.factorial(6))')" = 720 ]`;
