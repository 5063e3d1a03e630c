// Formulae of Homebrew. They live in its own prefix, not in the cache, so there is a check and never an asset. No machine
// of ours has Homebrew: this is written and tested against the interface that its manual documents.
import { demandNames, demandTool, look, PATIENTLY, testProducts } from './wrapping.js';

export const identity = 'galley.brew@r1';
export const description = 'Formulae that Homebrew installs on this host';
export const license = 'MIT';

export const platforms = ['darwin', 'linux'];
export const options = {
  // "jq", "node@22", or with its tap "hashicorp/tap/terraform".
  packages: { type: 'list', required: true },
  // What they offer to projects and recipes, name → path on the host: { jq: '/opt/homebrew/bin/jq' }.
  products: { type: 'table', default: {} },
};
export const products = (options) => options.products;

const FORMULA = /^([a-z0-9][a-z0-9_-]*\/[a-z0-9][a-z0-9_-]*\/)?[a-z0-9][a-z0-9@._+-]*$/;

// What is there is neither upgraded nor removed, and nobody is asked or counted.
const ENVIRONMENT = {
  HOMEBREW_NO_AUTO_UPDATE: '1',
  HOMEBREW_NO_INSTALL_UPGRADE: '1',
  HOMEBREW_NO_INSTALLED_DEPENDENTS_CHECK: '1',
  HOMEBREW_NO_INSTALL_CLEANUP: '1',
  HOMEBREW_NO_ANALYTICS: '1',
  HOMEBREW_NO_ENV_HINTS: '1',
  NONINTERACTIVE: '1',
};

export async function check(ctx) {
  return (await findMissing(ctx)).length === 0;
}

async function findMissing(ctx) {
  const formulae = demandNames(ctx.options, FORMULA, 'a formula of Homebrew');
  await demandTool(ctx, 'brew');
  // One line for each that is there: "jq 1.6 1.7.1", without its tap.
  const env = { ...ENVIRONMENT, PACKAGES: formulae.join(' ') };
  const { stdout } = await look(ctx, 'brew list --versions --formula $PACKAGES', env);
  const there = new Set(stdout.split('\n').map((line) => line.split(' ')[0]));
  return formulae.filter((formula) => !there.has(ctx.path.basename(formula)));
}

// brew gives up when another one has a formula that it needs. It refuses to be root, so there is no sudo.
export async function install(ctx) {
  const missing = await findMissing(ctx);
  if (missing.length === 0) return;
  await ctx.run(`${PATIENTLY} patiently 'wait for it to finish' brew install --formula $PACKAGES`, {
    shell: 'bash',
    env: { ...ENVIRONMENT, PACKAGES: missing.join(' ') },
  });
}

export const test = testProducts;
