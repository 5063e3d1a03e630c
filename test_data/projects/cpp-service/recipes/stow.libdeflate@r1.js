// libdeflate, from upstream's tree: the crate carries it whole, and CMake builds it.
import { toolchain } from './toolchain.js';

export const identity = 'stow.libdeflate@r1';
export const description = 'Reads and writes what zlib and gzip do, faster';
export const homepage = 'https://github.com/ebiggers/libdeflate';
export const license = 'MIT';

export const dependencies = toolchain;

export const fetch = {
  url: 'crates:libdeflate-sys@1.26.1',
  sha256: 'd7870e5fbd2766179a937c725fb11f4ca0ef025d982beb61bd3ce755425bd19c',
};
export const stage = { strip_components: 1 };

export const build = {
  cmake: {
    source_dir: 'libdeflate',
    defines: { LIBDEFLATE_BUILD_SHARED_LIB: false, LIBDEFLATE_BUILD_GZIP: false },
  },
};

export const products = { libdeflate: 'lib/libdeflate.a' };
