// Packages of Debian and its kin. They live on the host, not in the cache, so there is a check and never an asset.
import { demandNames, demandTool, findSudo, look, PATIENTLY, testProducts } from './wrapping.js';

export const identity = 'galley.apt@r1';
export const description = 'Packages that apt installs on this host';
export const license = 'MIT';

export const platforms = ['linux'];
export const options = {
  // Real packages (dpkg does not list virtual ones such as "awk"): "jq", "jq=1.6-2.1", "libc6:arm64".
  packages: { type: 'list', required: true },
  // What they offer to projects and recipes, name → path on the host: { jq: '/usr/bin/jq' }.
  products: { type: 'table', default: {} },
};
export const products = (options) => options.products;

// Debian policy 5.6.7 and 5.6.12. A last "-" would tell apt to remove the package.
const PACKAGE = /^([a-z0-9][a-z0-9+.-]*[a-z0-9+.])(?::([a-z0-9-]+))?(?:=([0-9][A-Za-z0-9.+~:-]*))?$/;

export async function check(ctx) {
  return (await findMissing(ctx)).length === 0;
}

async function findMissing(ctx) {
  const wanted = demandNames(ctx.options, PACKAGE, 'a Debian package').map((text) => text.match(PACKAGE));
  await demandTool(ctx, 'dpkg-query');
  // It knows packages in every state down to "config-files".
  const { stdout } = await look(
    ctx,
    `dpkg --print-architecture
     dpkg-query --show --showformat '\${Package} \${Architecture} \${Version} \${db:Status-Status}\\n' $NAMES`,
    { NAMES: wanted.map(([, name]) => name).join(' ') },
  );
  const [native, ...lines] = stdout.trim().split('\n');
  const isThere = ([, name, arch = native, version]) =>
    lines.some((line) => {
      const [hasName, hasArch, hasVersion, status] = line.split(' ');
      const fits = hasName === name && [arch, 'all'].includes(hasArch) && (version ?? hasVersion) === hasVersion;
      return fits && status === 'installed';
    });
  return wanted.filter((one) => !isThere(one)).map(([text]) => text);
}

// A fresh container has no lists of packages and an old host has stale ones: what fails is tried again after an update.
// apt can wait for dpkg's lock by itself, but gives up at once when somebody has that of its lists or downloads. It is
// told the missing packages alone, because it would upgrade the others; and to take each name as a name, because it
// reads one that it does not know as a regular expression.
export async function install(ctx) {
  await demandTool(ctx, 'apt-get');
  const missing = await findMissing(ctx);
  if (missing.length === 0) return;
  const sudo = await findSudo(ctx);
  await ctx.run(
    `${PATIENTLY}
     apt_get() {
       patiently '^E: Could not get lock' $SUDO env LC_ALL=C DEBIAN_FRONTEND=noninteractive \\
         apt-get --option DPkg::Lock::Timeout=600 --option APT::Cmd::Pattern-Only=true --yes "$@"
     }
     apt_get install --no-install-recommends $PACKAGES ||
       { apt_get update && apt_get install --no-install-recommends $PACKAGES; }`,
    { shell: 'bash', env: { PACKAGES: missing.join(' '), SUDO: sudo }, interactive: sudo !== '' },
  );
}

export const test = testProducts;
