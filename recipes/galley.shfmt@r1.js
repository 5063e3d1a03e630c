// shfmt, built by the go of whoever offers one: a package of the project, else the host. Modules come the way of the Go
// world, by go itself through the proxies of the person; the modules that it needs are checked against its go.sum.
export const identity = 'galley.shfmt@r1';
export const description = 'A formatter for shell scripts';
export const homepage = 'https://github.com/mvdan/sh';
export const license = 'BSD-3-Clause';

export const platforms = ['linux', 'darwin'];
export const products = { shfmt: 'bin/shfmt' };
export const dependencies = [
  { product: 'go', weak: { recipe: 'galley.go@r1', options: { minimum: '1.23' } }, needed_by: 'fetch' },
];

const VERSION = 'v3.12.0';
const SHA256 = 'e5c1949ada636589ba1d0621274bd6d2e7b46f9def4181cc4fb0e97b7a8779ef';

export async function fetch(ctx) {
  const cache = ctx.path.join(ctx.tmp_dir, 'modules');
  const env = { GOMODCACHE: cache, GOFLAGS: '-modcacherw', GOTOOLCHAIN: 'local' };
  const { stdout } = await ctx.run(`go mod download -json mvdan.cc/sh/v3@${VERSION}`, { env, quiet: true });
  await ctx.import(JSON.parse(stdout).Zip, 'sh.zip', SHA256);
}
// Files of a module are in mvdan.cc/sh/v3@v3.12.0/.
export const stage = { strip_components: 3 };
export const build = { go: { packages: ['./cmd/shfmt'], ldflags: ['-s', '-w', `-X main.version=${VERSION}`] } };

export const test = `
  cd "$GALLEY_TMP_DIR"
  echo 'if true;then echo  ahoy;fi' > ugly.sh
  printf 'if true; then echo ahoy; fi\\n' > fine.sh
  "$GALLEY_ASSET_DIR/bin/shfmt" ugly.sh | cmp - fine.sh
  if "$GALLEY_ASSET_DIR/bin/shfmt" --diff ugly.sh; then exit 1; fi
  "$GALLEY_ASSET_DIR/bin/shfmt" --diff fine.sh
`;
