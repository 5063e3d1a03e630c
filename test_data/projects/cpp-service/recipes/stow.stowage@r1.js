// The service itself, from the sources in this repository: an edit of them is a new package, and nothing else is.
import { toolchain } from './toolchain.js';

export const identity = 'stow.stowage@r1';
export const description = 'Keeps what is put into it, compressed, and hands it out over HTTP';

// Headers and libraries of dependencies are where CMake looks for them.
export const dependencies = [...toolchain, { recipe: 'stow.libdeflate@r1' }, { recipe: 'stow.lz4@r1' }];

export const fetch = { path: '../stowage' };

export const build = { cmake: { source_dir: 'stowage' } };

export const products = { stowage: 'bin/stowage' };

// The part that needs no network: every file of the program comes back as it went in, by both kinds of compression.
export const test = '"$GALLEY_ASSET_DIR/bin/stowage" --check "$GALLEY_ASSET_DIR/bin/stowage"';
