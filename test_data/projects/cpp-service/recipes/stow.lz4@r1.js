// lz4, by the makefile of its own library folder.
import { toolchain } from './toolchain.js';

export const identity = 'stow.lz4@r1';
export const description = 'Compression that costs next to no time';
export const homepage = 'https://lz4.org';
export const license = 'BSD-2-Clause';

export const dependencies = toolchain;

export const fetch = {
  url: 'crates:lz4-sys@1.11.1+lz4-1.10.0',
  sha256: '6bd8c0d6c6ed0cd30b3652886bb8711dc4bb01d637a68105a3d5158039b418e6',
};
export const stage = { strip_components: 1 };

export const build = { make: { directory: 'liblz4/lib', variables: { BUILD_SHARED: 'no' } } };

export const products = { liblz4: 'lib/liblz4.a' };
