// Packages of Fedora and its kin. They live on the host, not in the cache, so there is a check and never an asset.
import { demandNames, demandTool, findSudo, look, testProducts } from './wrapping.js';

export const identity = 'galley.dnf@r1';
export const description = 'Packages that dnf installs on this host';
export const license = 'MIT';

export const platforms = ['linux'];
export const options = {
  // Real packages, as both rpm and dnf read them: "jq", "jq-1.6", "jq-1.6-2.fc40", "glibc.i686".
  packages: { type: 'list', required: true },
  // What they offer to projects and recipes, name → path on the host: { jq: '/usr/bin/jq' }.
  products: { type: 'table', default: {} },
};
export const products = (options) => options.products;

// No "@group", no path, no wildcard.
const PACKAGE = /^[A-Za-z0-9_][A-Za-z0-9._+~^-]*$/;

export async function check(ctx) {
  return (await findMissing(ctx)).length === 0;
}

async function findMissing(ctx) {
  const packages = demandNames(ctx.options, PACKAGE, 'an rpm package');
  await demandTool(ctx, 'rpm');
  const script = 'for name in $PACKAGES; do rpm --query --quiet "$name" > /dev/null || echo "$name"; done';
  const { stdout } = await look(ctx, script, { PACKAGES: packages.join(' ') });
  return stdout.split('\n').filter((name) => name !== '');
}

// Whoever comes second waits for dnf's own lock. dnf is told the missing packages alone: those that are there stay as they are.
export async function install(ctx) {
  await demandTool(ctx, 'dnf');
  const missing = await findMissing(ctx);
  if (missing.length === 0) return;
  const sudo = await findSudo(ctx);
  await ctx.run('$SUDO dnf install --assumeyes --setopt=install_weak_deps=False $PACKAGES', {
    shell: 'sh',
    env: { PACKAGES: missing.join(' '), SUDO: sudo },
    interactive: sudo !== '',
  });
}

export const test = testProducts;
