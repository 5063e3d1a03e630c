// Lua, built by its own Makefile. The crate rlua-lua54-sys carries the tree as Lua's authors release it; the better
// known lua-src leaves out lua.c, and with it the interpreter.
export const identity = 'galley.lua@r1';
export const description = 'The Lua interpreter, its compiler and its library for embedding';
export const homepage = 'https://www.lua.org';
export const license = 'MIT';

export const platforms = ['linux', 'darwin'];
export const products = { lua: 'bin/lua', luac: 'bin/luac' };

export const fetch = {
  url: 'crates:rlua-lua54-sys@0.1.7',
  sha256: '972a9ac976e69d02b64e016b0a991259739ccca3f42fce2740ddb02f75047d4b',
};

export async function stage(ctx) {
  await ctx.extract_all({ strip_components: 1 });
  // require() looks for modules below LUA_ROOT, a constant of the source: it must be where this asset will be found.
  const header = 'lua-5.4.6/src/luaconf.h';
  const text = await ctx.read(header);
  await ctx.write(header, text.replace('"/usr/local/"', JSON.stringify(`${ctx.asset_dir}/`)));
}

// Lua's own "linux" and "macosx" targets, less the readline that a host may not have. Its makefile knows no DESTDIR.
export const build = {
  make: {
    directory: 'lua-5.4.6',
    targets: ['generic'],
    variables: {
      SYSCFLAGS: '-DLUA_USE_POSIX -DLUA_USE_DLOPEN',
      ...(host.os === 'linux' ? { SYSLIBS: '-Wl,-E -ldl' } : {}),
    },
    install_variables: { INSTALL_TOP: '$(DESTDIR)$(PREFIX)' },
  },
};

export const test = `
  cd "$GALLEY_TMP_DIR"
  echo 'local function fib(n) return n < 2 and n or fib(n - 1) + fib(n - 2) end print(fib(20))' > fib.lua
  "$GALLEY_ASSET_DIR/bin/luac" -o fib.luac fib.lua
  [ "$("$GALLEY_ASSET_DIR/bin/lua" fib.luac)" = 6765 ]
  "$GALLEY_ASSET_DIR/bin/lua" -e "assert(package.path:find('$GALLEY_ASSET_DIR', 1, true))"
`;
