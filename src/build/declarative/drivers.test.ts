// What each build system of C is told, as data: every field, the defaults, and what changes with the facts.
import { expect, test } from 'vitest';
import type { DeclarativeBuild } from '../../model/declarative.ts';
import { driverOf } from './drivers.ts';
import type { CommandStep } from './plan.ts';
import { envOf, factsOf, HOST, linesOf, MAPS, PNG, planOf, ZLIB } from './testing/plans.ts';

test('cmake configures for asset_dir, builds beside the sources and installs with DESTDIR', () => {
  const plan = planOf({ tool: 'cmake' });
  expect(linesOf(plan)).toEqual([
    '/e/work/stage: /usr/bin/cmake -S . -B /e/work/tmp/build -G Ninja --no-warn-unused-cli -DCMAKE_MAKE_PROGRAM=/usr/bin/ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=/e/asset -DCMAKE_INSTALL_LIBDIR:STRING=lib -DCMAKE_INSTALL_RPATH=$ORIGIN/../lib -DCMAKE_INSTALL_RPATH_USE_LINK_PATH=ON -DCMAKE_BUILD_RPATH_USE_ORIGIN=ON -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF -DCMAKE_EXPORT_NO_PACKAGE_REGISTRY=ON',
    '/e/work/stage: /usr/bin/cmake --build /e/work/tmp/build --parallel 3',
    '/e/work/stage: /usr/bin/cmake --install /e/work/tmp/build',
    'unwrap /e/work/tmp/dest',
  ]);
  expect(envOf(plan)).toEqual({ CFLAGS: MAPS, CXXFLAGS: MAPS, ASMFLAGS: MAPS });
  expect((plan.install[0] as CommandStep).env.DESTDIR).toBe('/e/work/tmp/dest');
});

test('cmake gets every field, and what the recipe defines wins', () => {
  const plan = planOf({
    tool: 'cmake',
    sourceDir: 'src',
    generator: 'Unix Makefiles',
    buildType: 'Debug',
    defines: { CMAKE_INSTALL_RPATH: '', PARTS: ['a', 1], TESTS: false, CMAKE_C_FLAGS: '-O1' },
    targets: ['app', 'doc'],
    components: ['runtime', 'devel'],
    configureArgs: ['-Wno-dev'],
    buildArgs: ['--verbose'],
    installArgs: ['--strip'],
    env: { CXXFLAGS: '-O3' },
  });
  const [configure = '', build, ...install] = linesOf(plan);
  expect(configure).toContain('-S src -B /e/work/tmp/build -G Unix Makefiles');
  expect(configure).toContain('-DCMAKE_MAKE_PROGRAM=/usr/bin/make -DCMAKE_BUILD_TYPE=Debug');
  expect(configure).toContain('-DCMAKE_INSTALL_RPATH= ');
  expect(configure).toContain(`-DPARTS=a;1 -DTESTS=OFF -DCMAKE_C_FLAGS=-O1 ${MAPS} -Wno-dev`);
  expect(build).toBe(
    '/e/work/stage: /usr/bin/cmake --build /e/work/tmp/build --parallel 3 --target app --target doc --verbose',
  );
  expect(install).toEqual([
    '/e/work/stage: /usr/bin/cmake --install /e/work/tmp/build --component runtime --strip',
    '/e/work/stage: /usr/bin/cmake --install /e/work/tmp/build --component devel --strip',
    'unwrap /e/work/tmp/dest',
  ]);
  expect(envOf(plan).CXXFLAGS).toBe(`-O3 ${MAPS}`);
});

test('cmake takes make where there is no ninja, and finds the dependencies', () => {
  const { ninja: _, ...host } = HOST;
  const plan = planOf({ tool: 'cmake' }, { host, libraries: [ZLIB, PNG] });
  expect(linesOf(plan)[0]).toContain('-G Unix Makefiles --no-warn-unused-cli -DCMAKE_MAKE_PROGRAM=/usr/bin/make');
  expect(envOf(plan)).toMatchObject({
    CMAKE_PREFIX_PATH: '/c/zlib:/c/png',
    PKG_CONFIG_PATH: '/c/zlib/lib/pkgconfig:/c/png/share/pkgconfig',
  });
});

test('meson sets up for asset_dir, with the fields and flags of the recipe', () => {
  const plan = planOf(
    {
      tool: 'meson',
      sourceDir: 'src',
      buildtype: 'debug',
      options: { docs: false, parts: ['a', 'b'], c_args: ['-O1'] },
      setupArgs: ['--strip'],
      compileArgs: ['app'],
      installArgs: ['--quiet'],
    },
    { libraries: [ZLIB, PNG] },
  );
  expect(linesOf(plan)).toEqual([
    `/e/work/stage: /usr/bin/meson setup -Dprefix=/e/asset -Dlibdir=lib -Dbuildtype=debug -Dwrap_mode=nodownload -Ddocs=false -Dparts=a,b -Dc_args=-O1,${MAPS.replace(' ', ',')} --strip /e/work/tmp/build src`,
    '/e/work/stage: /usr/bin/meson compile -C /e/work/tmp/build -j 3 app',
    '/e/work/stage: /usr/bin/meson install -C /e/work/tmp/build --no-rebuild --destdir /e/work/tmp/dest --quiet',
    'unwrap /e/work/tmp/dest',
  ]);
  expect(envOf(plan)).toEqual({
    NINJA: '/usr/bin/ninja',
    C_INCLUDE_PATH: '/c/zlib/include:/c/png/include',
    CPLUS_INCLUDE_PATH: '/c/zlib/include:/c/png/include',
    LIBRARY_PATH: '/c/zlib/lib:/c/png/lib',
    PKG_CONFIG_PATH: '/c/zlib/lib/pkgconfig:/c/png/share/pkgconfig',
    CFLAGS: MAPS,
    CXXFLAGS: MAPS,
    // Only what the package needs to run stays in it.
    LDFLAGS: '-Wl,-rpath,/c/png/lib',
  });
});

test('autotools runs configure where the sources are, with compilers that dependencies offer', () => {
  const plan = planOf(
    {
      tool: 'autotools',
      sourceDir: 'src',
      autoreconf: true,
      configureArgs: ['--enable-x'],
      targets: ['all'],
      makeArgs: ['V=1'],
    },
    { products: { cc: '/c/zig/zcc', make: '/c/make/gmake' } },
  );
  expect(linesOf(plan)).toEqual([
    '/e/work/stage/src: /usr/bin/autoreconf --install --force',
    '/e/work/stage/src: ./configure --prefix=/e/asset --enable-x',
    '/e/work/stage/src: /c/make/gmake -j3 all V=1',
    '/e/work/stage/src: /c/make/gmake -j3 install DESTDIR=/e/work/tmp/dest V=1',
    'unwrap /e/work/tmp/dest',
  ]);
  expect(envOf(plan)).toEqual({ CC: '/c/zig/zcc', CPPFLAGS: MAPS });
});

test('make gets variables on its command line, the install its own', () => {
  const plan = planOf(
    {
      tool: 'make',
      directory: 'src',
      makefile: 'Makefile.unix',
      targets: ['all'],
      variables: { LTO: 1, CC: 'gcc' },
      installTargets: ['install-bin'],
      installVariables: { PREFIX: '$(GALLEY_INSTALL_DIR)' },
      args: ['-s'],
    },
    { products: { cc: '/c/zig/zcc' } },
  );
  expect(linesOf(plan)).toEqual([
    '/e/work/stage/src: /usr/bin/make -f Makefile.unix -j3 all PREFIX=/e/asset prefix=/e/asset CC=gcc LTO=1 -s',
    '/e/work/stage/src: /usr/bin/make -f Makefile.unix -j3 install-bin PREFIX=$(GALLEY_INSTALL_DIR) prefix=/e/asset CC=gcc LTO=1 DESTDIR=/e/work/tmp/dest -s',
    'unwrap /e/work/tmp/dest',
  ]);
});

test('the compiler that a recipe names in env comes before that of a dependency, for make as for all', () => {
  const products = { cc: '/c/zcc', ar: '/c/zar' };
  for (const tool of ['make', 'autotools', 'cmake', 'meson'] as const) {
    const plan = planOf({ tool, env: { CC: 'clang' } }, { products });
    expect(envOf(plan).CC, tool).toBe('clang');
    expect(linesOf(plan).join(), tool).not.toContain('zcc');
  }
});

test('product of a dependency comes before the program of the machine', () => {
  const [configure] = linesOf(planOf({ tool: 'cmake' }, { products: { cmake: '/c/cmake', ninja: '/c/samurai' } }));
  expect(configure).toContain('/e/work/stage: /c/cmake -S .');
  expect(configure).toContain('-G Ninja --no-warn-unused-cli -DCMAKE_MAKE_PROGRAM=/c/samurai');
});

test.each<DeclarativeBuild['tool']>(['cmake', 'make', 'meson', 'cargo', 'autotools', 'go', 'npm'])(
  '%s is missed by name when nobody has it',
  (tool) => {
    expect(() => planOf({ tool }, { host: {} })).toThrow(
      `Cannot build test.tool@r1: no dependency offers "${tool === 'autotools' ? 'make' : tool}", and this machine has none`,
    );
  },
);

test('a user-managed package is configured for no prefix but its own', () => {
  const { assetDir: _, ...facts } = factsOf({});
  const plan = driverOf({ tool: 'autotools' }).plan({ tool: 'autotools' }, facts);
  expect(linesOf(plan)[0]).toBe('/e/work/stage: ./configure');
});
