// CMake, as the Python index carries it: finished programs, with nothing of Python in their way.
export const identity = 'galley.cmake@r1';
export const description = 'The build system generator';
export const homepage = 'https://cmake.org';
export const license = 'BSD-3-Clause';

export const platforms = ['linux', 'darwin'];
export const options = {
  version: { type: 'semver', default: '4.4.4', range: '>=3.15.0' },
};
export const products = { cmake: 'bin/cmake', ctest: 'bin/ctest', cpack: 'bin/cpack' };

// Pins of the default version. Any other version is pinned by the galley.lock of the project that asks for it.
const SHA256 = {
  '4.4.4 linux-x86_64': 'f773a0544c66370408f451acd487c2c643b0dfebb48c5d64f3638bc1bb820238',
  '4.4.4 linux-arm64': 'b3029f586853e01ddf2824c1ff124a1c5284f8ae897994758e9c4eeb45903b58',
  '4.4.4 darwin-x86_64': '883962a72b1b3a16ff445427f24c8caca9797dd9e563bbe208cbcd89e877f9d3',
  '4.4.4 darwin-arm64': '883962a72b1b3a16ff445427f24c8caca9797dd9e563bbe208cbcd89e877f9d3',
};

export async function fetch(ctx) {
  const { version } = ctx.options;
  const { os, arch } = ctx.platform;
  const sha256 = SHA256[`${version} ${os}-${arch}`];
  return { url: `pypi:cmake@${version}`, ...(sha256 && { sha256 }) };
}

// The tree is in cmake/data; the module around it stays out.
export const stage = { strip_components: 2 };

// A program with a library of its own is configured, built, tested and installed.
export const test = `
  cd "$GALLEY_TMP_DIR"
  export PATH="$GALLEY_ASSET_DIR/bin:$PATH"
  echo 'int answer(void) { return 42; }' > answer.c
  echo 'int answer(void); int main(void) { return answer() != 42; }' > main.c
  {
    echo 'cmake_minimum_required(VERSION 3.15)'
    echo 'project(try C)'
    echo 'add_library(answer STATIC answer.c)'
    echo 'add_executable(try main.c)'
    echo 'target_link_libraries(try answer)'
    echo 'install(TARGETS try)'
    echo 'enable_testing()'
    echo 'add_test(NAME answer COMMAND try)'
  } > CMakeLists.txt
  cmake -S . -B build --install-prefix "$PWD/out"
  cmake --build build
  ctest --test-dir build --output-on-failure
  cmake --install build
  out/bin/try
`;
