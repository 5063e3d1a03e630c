// Meson, which is Python and nothing else: the same wheel for every platform, and a script that starts it.
export const identity = 'galley.meson@r1';
export const description = 'A build system for C and C++ that drives ninja';
export const homepage = 'https://mesonbuild.com';
export const license = 'Apache-2.0';

export const platforms = ['linux', 'darwin'];
export const options = {
  version: { type: 'semver', default: '1.12.1', range: '>=1.0.0' },
};
// What it needs to run, and not to be made.
export const dependencies = [
  { recipe: 'galley.python@r1', options: { minimum: '3.10' }, needed_by: 'setup', runtime: true },
  { product: 'ninja', weak: { recipe: 'galley.ninja@r1' }, needed_by: 'setup', runtime: true },
];
export const products = { meson: 'bin/meson' };

// Pins of the default version. Any other version is pinned by the galley.lock of the project that asks for it.
const SHA256 = {
  '1.12.1': '930bc7542cbd9f57009e182fd014eba48cf1a0180a7b9006d2d32d8f168d8b02',
};

export async function fetch(ctx) {
  const { version } = ctx.options;
  const sha256 = SHA256[version];
  return { url: `pypi:meson@${version}`, ...(sha256 && { sha256 }) };
}

const SCRIPT = `#!/usr/bin/env python3
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, "{{asset}}/lib")
from mesonbuild.mesonmain import main
sys.exit(main())
`;

export async function install(ctx) {
  await ctx.mkdir('bin');
  await ctx.mkdir('lib');
  await ctx.copy(ctx.path.join(ctx.stage_dir, 'mesonbuild'), 'lib/mesonbuild');
  await ctx.write('bin/meson', ctx.template(SCRIPT, { asset: ctx.asset_dir }));
  await ctx.chmod('bin/meson', 0o755);
  ctx.mark_install_complete();
}

// A program with a library of its own is configured, built, tested and installed.
export const test = `
  cd "$GALLEY_TMP_DIR"
  meson="$GALLEY_ASSET_DIR/bin/meson"
  echo 'int answer(void) { return 42; }' > answer.c
  echo 'int answer(void); int main(void) { return answer() != 42; }' > main.c
  {
    echo "project('try', 'c')"
    echo "answer = static_library('answer', 'answer.c')"
    echo "test('answer', executable('try', 'main.c', link_with: answer, install: true))"
  } > meson.build
  "$meson" setup build --prefix "$PWD/out"
  "$meson" test -C build
  "$meson" install -C build
  out/bin/try
`;
