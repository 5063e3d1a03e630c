// Our own program, from the sources of this project. It meets its dependencies in three ways: zlib by name, Lua by
// what it offers, and zstd weakly: the one that the project has chosen, else one of our own.
export const identity = 'local.pantry@r1';
export const description = 'Keeps files in one archive, each compressed in the way that suits its kind';

export const platforms = ['linux', 'darwin'];
export const options = {
  // Without it pantry reads and writes zlib only, and zstd is not even built.
  zstd: { type: 'boolean', default: true },
  level: { type: 'int', default: 6, range: [1, 9] },
};
export const products = { pantry: 'bin/pantry' };

export const dependencies = ({ zstd }) => [
  { recipe: 'galley.zlib@r1', needed_by: 'build' },
  { product: 'lua', weak: { recipe: 'galley.lua@r1' }, needed_by: 'build' },
  ...(zstd ? [{ recipe: 'zstd', weak: { recipe: 'galley.zstd@r1' }, needed_by: 'build' }] : []),
];

// From the recipe's own folder; it arrives under its name, as "pantry".
export const fetch = { path: '../pantry' };

export async function build(ctx) {
  const { zstd, level } = ctx.options;
  // Lua is on PATH, whoever provides it.
  await ctx.run(`lua shelves.lua ${zstd ? 'zstd' : 'zlib'} > shelves.h`, { cwd: 'pantry' });

  // Paths travel in the environment: whatever is in them, the shell takes each for one word.
  const env = { LIBZ: await ctx.product('libz') };
  let withZstd = '';
  if (zstd) {
    env.LIBZSTD = await ctx.product('libzstd');
    withZstd = '-DWITH_ZSTD -I "$GALLEY_ASSET_ZSTD/include" "$LIBZSTD"';
  }
  await ctx.run(
    `cc -std=c11 -O2 -Wall -Wextra -DPANTRY_LEVEL=${level} pantry.c codec.c \
        -I "$GALLEY_ASSET_ZLIB/include" "$LIBZ" ${withZstd} -o pantry`,
    { cwd: 'pantry', env },
  );
}

export const install = `
  mkdir bin
  cp "$GALLEY_STAGE_DIR/pantry/pantry" bin
`;

// A real file of every kind goes in and comes out, and a damaged archive is noticed.
export const test = `
  cd "$GALLEY_TMP_DIR"
  mkdir out
  cp "$GALLEY_ASSET_DIR/bin/pantry" program
  seq 1 9999 > numbers.txt
  echo '<p>ahoy</p>' > page.html
  gzip -k numbers.txt
  "$GALLEY_ASSET_DIR/bin/pantry" pack all.pantry program numbers.txt numbers.txt.gz page.html
  "$GALLEY_ASSET_DIR/bin/pantry" unpack all.pantry out
  for file in program numbers.txt numbers.txt.gz page.html; do cmp "$file" "out/$file"; done
  head -c 30000 all.pantry > short.pantry
  if "$GALLEY_ASSET_DIR/bin/pantry" unpack short.pantry out; then exit 1; fi
`;
