// Zig as a C and C++ compiler for one target: scripts with the names that build systems look for. Whatever the target,
// headers and libraries come with zig and never from the host, so every machine builds the same.
export const identity = 'galley.zig-cc@r1';
export const description = 'A C and C++ cross compiler: cc, c++, ar, ranlib and objcopy of zig';
export const homepage = 'https://ziglang.org';
export const license = 'MIT';

export const platforms = ['linux', 'darwin'];

const CPU = { x86_64: 'x86_64', arm64: 'aarch64' }[host.arch];
// Programs for an older glibc run with every newer one; this is the one of Debian 10 and RHEL 8.
const HOST_TARGET = host.os === 'darwin' ? `${CPU}-macos` : `${CPU}-linux-gnu.2.28`;

export const options = {
  // cpu-system-abi, as "zig targets" lists them: aarch64-linux-musl, x86_64-windows-gnu, thumb-freestanding-eabi.
  target: { type: 'string', default: HOST_TARGET },
  // A member of the family, such as cortex_m3. Not the machine's own, or the program may run nowhere else.
  cpu: { type: 'string', default: 'baseline' },
  // Also prepare the C++ library, which takes half a minute. Without it, every first use of c++ in a build does.
  cxx: { type: 'boolean', default: false },
};

export const dependencies = [{ recipe: 'zig', weak: { recipe: 'galley.zig@r1' }, needed_by: 'install', runtime: true }];

const COMPILERS = ['cc', 'c++'];
const TOOLS = [...COMPILERS, 'ar', 'ranlib', 'objcopy'];
export const products = Object.fromEntries(TOOLS.map((tool) => [tool, `bin/${tool}`]));

// Zig compiles the C library of a target when a program first needs it, and keeps it in a cache that it wants to write.
// This package has it compiled: where no such cache is yet, one begins with links to ours. A second one that is made
// meanwhile lands inside the first, and is taken away again.
const CACHE = `
cache=\${ZIG_GLOBAL_CACHE_DIR:-\${XDG_CACHE_HOME:-$HOME/.cache}/zig}/{{name}}
if [ ! -d "$cache" ]; then
  new=$cache.$$
  mkdir -p "$new/o"
  cp -R '{{asset}}'/cache/[bh] "$new"
  ln -s '{{asset}}'/cache/o/* "$new/o"
  chmod -R u+w "$new"
  mv "$new" "$cache"
  rm -rf "$cache/\${new##*/}"
fi
export ZIG_GLOBAL_CACHE_DIR="$cache" ZIG_LOCAL_CACHE_DIR="$cache"`;

// As with every other compiler: debug information, which names the work directory, only where it is asked for, and no
// traps in C that is not optimised.
const MANNERS = `
case " $* " in
  *' -g'*) ;;
  *) set -- -g0 "$@" ;;
esac
set -- -target {{target}} -mcpu={{cpu}} -fno-sanitize=undefined "$@"`;

const CALL = `
exec '{{zig}}' {{tool}} "$@"
`;

/** Without an operating system, and so without a C library. */
const isBare = (target) => target.includes('-freestanding');

export async function install(ctx) {
  const { target, cpu } = ctx.options;
  // Both become a part of scripts.
  if (!/^[\w.+-]+$/.test(target + cpu)) throw new Error(`Not a target of zig: "${target}" with cpu "${cpu}"`);
  const facts = {
    ...{ target, cpu },
    asset: ctx.asset_dir,
    zig: await ctx.product('zig'),
    // Of this very package, so that links to it never lead to another.
    name: ctx.path.basename(ctx.path.dirname(ctx.asset_dir)),
  };
  await ctx.mkdir('bin');
  for (const tool of TOOLS) {
    const script = `#!/bin/sh${CACHE}${COMPILERS.includes(tool) ? MANNERS : ''}${CALL}`;
    await ctx.write(`bin/${tool}`, ctx.template(script, { ...facts, tool }));
    await ctx.chmod(`bin/${tool}`, 0o755);
  }
  await prepare(ctx);
  ctx.mark_install_complete();
}

/** Fills the cache with all that zig compiles beside a first program. */
async function prepare(ctx) {
  const { target, cpu, cxx } = ctx.options;
  // Its support library is one for programs that are optimised for speed, one for size, as without a system they mostly
  // are, and one for those that are not; many makefiles do not say it when they link.
  const levels = isBare(target) ? ['-Os'] : ['-O0', '-O2'];
  const compile = (tool, level) => `"$ZIG" ${tool} -target ${target} -mcpu=${cpu} ${level} - -o "$tmp/main"`;
  // Debug information names the directories that zig is told, and those of our work will be gone: so all starts at the root.
  await ctx.run(
    [
      `tmp=\${GALLEY_TMP_DIR#/} && cd /`,
      'export ZIG_GLOBAL_CACHE_DIR="$tmp/cache" ZIG_LOCAL_CACHE_DIR="$tmp/cache"',
      ...levels.map((level) => `echo 'int main(void) { return 0; }' | ${compile('cc -x c', level)}`),
      ...(isBare(target) ? ['"$ZIG" objcopy -O binary "$tmp/main" "$tmp/main.bin"'] : []),
      ...(cxx ? [`echo '#include <iostream>\nint main() { std::cout << 1; }' | ${compile('c++ -x c++', '-O2')}`] : []),
      'mkdir "$GALLEY_INSTALL_DIR/cache"',
      'mv "$tmp"/cache/[bho] "$GALLEY_INSTALL_DIR/cache"',
    ],
    { env: { ZIG: await ctx.product('zig') } },
  );
}

// A library, and a program that needs it and the language's own: it is run where it is one for this machine.
export async function test(ctx) {
  const { target, cxx } = ctx.options;
  const write = (name, text) => ctx.write(ctx.path.join(ctx.tmp_dir, name), text);
  await write('count.c', 'unsigned count(const char *at) { unsigned n = 0; while (*at++) n++; return n; }\n');
  await write('main.c', 'unsigned count(const char *); int main(void) { return count("ahoy") / 4 - 1; }\n');
  await write(
    'main.cc',
    `#include <string>
     #include <stdexcept>
     extern "C" unsigned count(const char *);
     int main() {
       try { throw std::length_error(std::string(count("ahoy"), '.')); }
       catch (const std::exception &error) { return std::string(error.what()) != "...."; }
     }`,
  );
  const level = isBare(target) ? '-Os' : '-O2';
  await ctx.run(
    `PATH="$GALLEY_ASSET_DIR/bin:$PATH"
     cc ${level} -c count.c -o count.o
     ar rc libcount.a count.o
     ranlib libcount.a
     ${cxx ? 'c++' : 'cc'} ${level} ${cxx ? 'main.cc' : 'main.c'} libcount.a -o main
     ${isBare(target) ? 'objcopy -O binary main main.bin; [ -s main.bin ]' : ''}
     ${target === HOST_TARGET ? './main' : ''}`,
    { cwd: ctx.tmp_dir },
  );
}
