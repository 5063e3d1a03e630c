// What the wrappers of package managers have in common. They name the shell of each script: a project may prefer another.

/**
 * The packages that were asked for, each of which the pattern has to match: a shell splits them, as $PACKAGES, so nothing
 * but a name may pass. No option, no blank, no wildcard.
 */
export function demandNames({ packages }, pattern, kind) {
  const wrong = packages.filter((name) => typeof name !== 'string' || !pattern.test(name));
  if (wrong.length > 0) throw new Error(`Option "packages" has what is not ${kind}: ${JSON.stringify(wrong)}`);
  if (packages.length === 0) throw new Error('Option "packages" is empty');
  return packages;
}

/** Runs a script that only looks. */
export async function look(ctx, script, env = {}) {
  return await ctx.run(script, { shell: 'sh', env, check: false, quiet: true });
}

export async function demandTool(ctx, tool) {
  const { exit_code } = await look(ctx, 'command -v "$TOOL"', { TOOL: tool });
  if (exit_code !== 0) throw new Error(`${tool} is not on this machine`);
}

/** What a command that only root may run begins with: nothing, or sudo, which may ask for a password. */
export async function findSudo(ctx) {
  const { stdout } = await look(ctx, 'id -u; command -v sudo');
  const [uid, sudo] = stdout.split('\n');
  if (uid === '0') return '';
  if (sudo) return 'sudo';
  throw new Error(`${ctx.identity} has to be root to install packages, and sudo is not on this machine`);
}

/** A directory that may be given relative to the project. */
export function fromProject(ctx, dir) {
  return dir.startsWith('/') ? dir : ctx.path.join(ctx.project_root, dir);
}

/**
 * Text for bash: `patiently PATTERN COMMAND…` tries a command again as long as it says that somebody else is at work, each
 * second for ten minutes: a computer that has just started upgrades itself that long.
 */
export const PATIENTLY = `
  set -o pipefail
  patiently() {
    pattern=$1; shift
    for second in {1..600}; do
      "$@" 2>&1 | tee "$GALLEY_TMP_DIR/said" && return || status=$?
      grep -q "$pattern" "$GALLEY_TMP_DIR/said" || break
      sleep 1
    done
    return $status
  }
`;

/** A `test` verb: what the packages offer is there. */
export async function testProducts(ctx) {
  for (const [name, product] of Object.entries(ctx.options.products)) {
    const { exit_code } = await look(ctx, 'command -v "$PRODUCT"', { PRODUCT: product });
    if (exit_code !== 0) throw new Error(`Product "${name}" is not there: "${product}"`);
  }
}
