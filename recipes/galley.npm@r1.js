// Global packages of npm: tools that a project uses and does not import. Where the host's prefix belongs to root, or its
// packages are nobody's business, they get a prefix of their own.
import { demandNames, demandTool, fromProject, look, testProducts } from './wrapping.js';

export const identity = 'galley.npm@r1';
export const description = 'Global packages that npm installs on this host';
export const license = 'MIT';

export const platforms = ['linux', 'darwin'];
export const options = {
  // "prettier", "@biomejs/biome", or in exactly one version "prettier@3.3.3".
  packages: { type: 'list', required: true },
  // Where they go: absolute, or relative to the project. Empty: npm's own global prefix.
  prefix: { type: 'string', default: '' },
  // What the packages offer to projects and recipes, name → path: { prettier: '.npm/bin/prettier' }.
  products: { type: 'table', default: {} },
};
export const products = (options) => options.products;

const PACKAGE = /^((?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*)(?:@(\d+\.\d+\.\d+[0-9A-Za-z.+-]*))?$/;

export async function check(ctx) {
  return (await findMissing(ctx)).length === 0;
}

async function findMissing(ctx) {
  const packages = demandNames(ctx.options, PACKAGE, 'a package of npm');
  await demandTool(ctx, 'npm');
  // It also answers, and fails, when some package lacks one that it needs.
  const { stdout, stderr } = await look(ctx, 'npm ls --global --json --depth=0', environment(ctx));
  if (!stdout.startsWith('{')) throw new Error(`npm cannot list its packages: ${stderr}`);
  const { dependencies = {} } = JSON.parse(stdout);
  const isThere = ([, name, version]) =>
    dependencies[name] && (version ?? dependencies[name].version) === dependencies[name].version;
  return packages.filter((name) => !isThere(name.match(PACKAGE)));
}

// npm has no lock, so the directory is one, where there is a flock.
export async function install(ctx) {
  const missing = await findMissing(ctx);
  if (missing.length === 0) return;
  await ctx.run(
    `prefix=$(npm prefix --global)
     mkdir -p "$prefix/lib"
     [ -w "$prefix/lib" ] || { echo "You may not write to $prefix: give option \\"prefix\\""; exit 1; }
     if command -v flock > /dev/null; then exec 9< "$prefix/lib"; flock 9; fi
     npm install --global --no-audit --no-fund --no-update-notifier $PACKAGES`,
    { shell: 'sh', env: { ...environment(ctx), PACKAGES: missing.join(' ') } },
  );
}

function environment(ctx) {
  const { prefix } = ctx.options;
  return prefix === '' ? {} : { npm_config_prefix: fromProject(ctx, prefix) };
}

export const test = testProducts;
