// Lua for any target of zig: upstream's own Makefile, with another compiler and nothing else changed.
export const identity = 'local.lua@r1';
export const description = 'The Lua interpreter for another machine';
export const homepage = 'https://www.lua.org';
export const license = 'MIT';

export const options = {
  // As "zig targets" lists them; without one, this machine.
  target: { type: 'string', default: '' },
};

// In build its products come first on PATH: "cc" and "ar" are those of the target.
export const dependencies = ({ target }) => [{ recipe: 'galley.zig-cc@r1', options: target === '' ? {} : { target } }];

// A project may want several, so each has its own name.
export const products = ({ target }) => ({ [target === '' ? 'lua' : `lua-${target}`]: 'bin/lua' });

export const fetch = {
  url: 'crates:rlua-lua54-sys@0.1.7',
  sha256: '972a9ac976e69d02b64e016b0a991259739ccca3f42fce2740ddb02f75047d4b',
};
export const stage = { strip_components: 1 };

export const build = `
  make -C lua-5.4.6/src -j"$GALLEY_JOBS" lua CC=cc AR='ar rc' RANLIB=ranlib SYSCFLAGS='-DLUA_USE_POSIX' SYSLIBS=''
`;

export const install = `
  mkdir bin
  cp "$GALLEY_STAGE_DIR/lua-5.4.6/src/lua" bin
`;

/** How to start a program of a target here, and the machine that stands in its ELF header (at 18, two bytes). */
const TARGETS = {
  'aarch64-linux-musl': { machine: 'b7 00', emulator: 'qemu-aarch64' },
  'riscv64-linux-musl': { machine: 'f3 00', emulator: 'qemu-riscv64' },
};

export async function test(ctx) {
  const script = ctx.path.join(ctx.tmp_dir, 'primes.lua');
  await ctx.write(
    script,
    `local found = {}
     for n = 2, 50 do
       local prime = true
       for _, p in ipairs(found) do prime = prime and n % p ~= 0 end
       if prime then found[#found + 1] = n end
     end
     io.write(table.concat(found, " "))`,
  );
  const foreign = TARGETS[ctx.options.target];
  const env = { LUA: ctx.path.join(ctx.asset_dir, 'bin/lua'), SCRIPT: script, EMULATOR: foreign?.emulator ?? '' };
  if (foreign) {
    const { stdout } = await ctx.run('od -An -tx1 -j18 -N2 "$LUA"', { env });
    if (stdout.trim() !== foreign.machine) throw new Error(`Built for machine ${stdout}, not ${foreign.machine}`);
    const { exit_code } = await ctx.run('command -v "$EMULATOR"', { env, check: false });
    if (exit_code !== 0) return ctx.log.info(`not started: this machine has no ${foreign.emulator}`);
  }
  const { stdout } = await ctx.run('$EMULATOR "$LUA" "$SCRIPT"', { env });
  if (stdout !== '2 3 5 7 11 13 17 19 23 29 31 37 41 43 47') throw new Error(`Lua counted wrong: ${stdout}`);
}
