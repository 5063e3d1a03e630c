// Packages of Debian and its kin. They live on the host, not in the cache, so there is a check and never an asset.
export const identity = 'galley.apt@r1';
export const description = 'Packages that apt installs on this host';
export const license = 'MIT';

export const platforms = ['linux'];
export const options = {
  // Real packages: dpkg does not list virtual ones such as "awk".
  packages: { type: 'list', required: true },
  // What they offer to other recipes, name → path on the host: { tar: '/usr/bin/tar' }.
  products: { type: 'table', default: {} },
};
export const products = (options) => options.products;

// Debian policy 5.6.7, with an architecture where one is given. The names reach a shell as $PACKAGES and are split there, so
// nothing else may pass: no option ("-o…"), no pattern, no blank.
const NAME = /^[a-z0-9][a-z0-9+.-]+(:[a-z0-9-]+)?$/;

function packageNames({ packages }) {
  const wrong = packages.filter((name) => typeof name !== 'string' || !NAME.test(name));
  if (wrong.length > 0) throw new Error(`Not a name of a Debian package: ${JSON.stringify(wrong)}`);
  // Without a name dpkg-query would list the whole host.
  if (packages.length === 0) throw new Error('Option "packages" is empty');
  return packages.join(' ');
}

export async function check(ctx) {
  // One line for each package that dpkg knows, in every state down to "config-files"; an unknown one sets the exit status.
  const { exit_code, stdout } = await ctx.run(`dpkg-query --show --showformat '\${db:Status-Status}\\n' $PACKAGES`, {
    env: { PACKAGES: packageNames(ctx.options) },
    check: false,
    quiet: true,
  });
  return (
    exit_code === 0 &&
    stdout
      .trim()
      .split('\n')
      .every((status) => status === 'installed')
  );
}

// apt waits for dpkg's lock when told to, but never for that of its package lists: flock keeps our own updates apart.
// A fresh container has no lists and an old host has stale ones: so what fails is tried again after an update.
export async function install(ctx) {
  const { stdout: uid } = await ctx.run('id -u', { quiet: true });
  const sudo = uid.trim() === '0' ? '' : 'sudo';
  await ctx.run(
    `apt_get() {
       $SUDO flock /var/lib/apt/lists/lock \\
         env DEBIAN_FRONTEND=noninteractive apt-get --option DPkg::Lock::Timeout=600 --yes "$@"
     }
     apt_get install --no-install-recommends $PACKAGES ||
       { apt_get update && apt_get install --no-install-recommends $PACKAGES; }`,
    // sudo may ask for a password.
    { env: { PACKAGES: packageNames(ctx.options), SUDO: sudo }, interactive: sudo !== '' },
  );
}
