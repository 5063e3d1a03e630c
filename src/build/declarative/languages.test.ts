// What the build systems of languages are told, as data: every field, the defaults, and what changes with the facts.
import { expect, test } from 'vitest';
import type { DeclarativeBuild } from '../../model/declarative.ts';
import { envOf, linesOf, MAPS, planOf } from './testing/plans.ts';

test('cargo builds what is asked for into tmp_dir, in a home with the settings of the person', () => {
  const build: DeclarativeBuild = {
    tool: 'cargo',
    directory: 'cli',
    packages: ['a'],
    bins: ['b'],
    features: ['x', 'y'],
    noDefaultFeatures: true,
    profile: 'dist',
    target: 'x86_64-unknown-linux-musl',
    args: ['-q'],
    env: { RUSTFLAGS: '-Copt-level=3  -g' },
  };
  const person = { HOME: '/home/me', CARGO_REGISTRIES_OURS_INDEX: 'sparse+x', RUSTUP_HOME: '/opt/rustup', OTHER: 'x' };
  const plan = planOf(build, { offline: true, person, products: { cc: '/c/zcc', rustc: '/c/rustc' } });
  expect(linesOf(plan)).toEqual([
    'link /home/me/.cargo/config.toml /e/work/tmp/cargo/config.toml',
    'link /home/me/.cargo/config /e/work/tmp/cargo/config',
    'link /home/me/.cargo/credentials.toml /e/work/tmp/cargo/credentials.toml',
    '/e/work/stage/cli: /usr/bin/cargo build --target-dir /e/work/tmp/target --jobs 3 --profile dist --locked --package a --bin b --features x,y --no-default-features --target x86_64-unknown-linux-musl --offline -q',
    'programs /e/work/tmp/target/x86_64-unknown-linux-musl/dist',
  ]);
  expect(envOf(plan)).toMatchObject({
    CARGO_HOME: '/e/work/tmp/cargo',
    CARGO_REGISTRIES_OURS_INDEX: 'sparse+x',
    RUSTUP_HOME: '/opt/rustup',
    RUSTC: '/c/rustc',
    CC: '/c/zcc',
    CARGO_ENCODED_RUSTFLAGS: [
      '-Copt-level=3',
      '-g',
      '--remap-path-prefix=/e/work/stage=/galley/test.tool@r1',
      '--remap-path-prefix=/e/work/tmp=/galley/test.tool@r1/tmp',
      '-Clinker=/c/zcc',
    ].join('\x1f'),
  });
  expect(envOf(plan)).not.toHaveProperty('OTHER');
});

test.each([
  [undefined, 'release'],
  ['dev', 'debug'],
  ['bench', 'release'],
  ['dist', 'dist'],
])('cargo profile %s leaves its programs in %s', (profile, dir) => {
  const plan = planOf({ tool: 'cargo', locked: false, ...(profile === undefined ? {} : { profile }) });
  expect(plan.install).toEqual([{ form: 'programs', fromDir: `/e/work/tmp/target/${dir}` }]);
  expect(linesOf(plan).join()).not.toContain('--locked');
});

test('go builds without C code, and with it when asked', () => {
  const plan = planOf({
    tool: 'go',
    directory: 'src',
    packages: ['./cmd/...'],
    tags: ['a', 'b'],
    ldflags: ['-s', '-X main.v=1'],
  });
  expect(linesOf(plan)).toEqual([
    '/e/work/stage/src: /usr/bin/go build -trimpath -p 3 -o /e/work/tmp/go-bin/ -tags a,b -ldflags -s -X main.v=1 ./cmd/...',
    'programs /e/work/tmp/go-bin',
  ]);
  const env = {
    GOTOOLCHAIN: 'local',
    GOWORK: 'off',
    CGO_ENABLED: '0',
    GOPATH: '/e/work/tmp/gopath',
    GOFLAGS: '-modcacherw -buildvcs=false',
  };
  expect(envOf(plan)).toEqual(env);
  const person = { GOPROXY: 'https://proxy', GOOS: 'plan9' };
  const withC = planOf(
    { tool: 'go', cgo: true, env: { GOFLAGS: '-mod=vendor' } },
    { person, products: { cc: '/c/zcc' } },
  );
  expect(envOf(withC)).toEqual({
    ...env,
    GOPROXY: 'https://proxy',
    CC: '/c/zcc',
    CGO_ENABLED: '1',
    CGO_CFLAGS: `-g -O2 ${MAPS}`,
    CGO_CXXFLAGS: `-g -O2 ${MAPS}`,
    GOFLAGS: '-mod=vendor -modcacherw -buildvcs=false',
  });
  expect(envOf(planOf({ tool: 'go' }, { person, offline: true })).GOPROXY).toBe('off');
  expect(envOf(planOf({ tool: 'go' }, { goWork: '/e/work/stage/go.work' })).GOWORK).toBe('/e/work/stage/go.work');
});

test('npm installs what it would publish, with the dependencies of the lock file', () => {
  const plan = planOf(
    { tool: 'npm', directory: 'app' },
    { person: { npm_config_registry: 'https://r', npm_config_prefix: '/x' } },
  );
  expect(linesOf(plan)).toEqual([
    '/e/work/stage/app: /usr/bin/npm ci --include=dev',
    '/e/work/stage/app: /usr/bin/npm run build --if-present',
    '/e/work/stage/app: /usr/bin/npm prune --omit=dev',
    '/e/work/stage/app: /usr/bin/npm pkg set --json bundleDependencies=true',
    '/e/work/stage/app: /usr/bin/npm install --global --install-links --offline --ignore-scripts --prefix /e/install .',
  ]);
  expect(envOf(plan)).toMatchObject({ npm_config_registry: 'https://r' });
  expect(envOf(plan)).not.toHaveProperty('npm_config_prefix');
  const other = planOf(
    { tool: 'npm', locked: false, scripts: ['a', 'b'], installArgs: ['--foreground-scripts'] },
    {
      products: { npm: '/c/npm/npm-cli.js', node: '/c/node/node24' },
    },
  );
  expect(linesOf(other).slice(0, 3)).toEqual([
    '/e/work/stage: /c/node/node24 /c/npm/npm-cli.js install --no-package-lock --include=dev --foreground-scripts',
    '/e/work/stage: /c/node/node24 /c/npm/npm-cli.js run a',
    '/e/work/stage: /c/node/node24 /c/npm/npm-cli.js run b',
  ]);
  expect(linesOf(planOf({ tool: 'npm', installArgs: ['--omit=dev'] }))[0]).toMatch(/npm ci --omit=dev$/);
});
