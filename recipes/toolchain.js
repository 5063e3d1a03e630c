// What the wrappers of the host's compilers have in common. A compiler is a person's own choice and serves other projects
// too: it is looked for on PATH, never installed and never upgraded.

/** The least version that will do; whatever there is by default. */
export const minimum = { type: 'string', default: '0' };

/**
 * A `check`: every tool is on PATH, in the least version or later.
 *
 * @param tools the command that makes each tool tell its version, as in "go version go1.26.8 linux/amd64"
 * @param homepage where a person gets them
 */
export async function findTools(ctx, tools, homepage) {
  const wanted = ctx.options.minimum;
  if (!/^\d+(\.\d+)*$/.test(wanted))
    throw new Error(`Option "minimum" is "${wanted}", expected a version such as "1.80"`);
  for (const script of tools) {
    const [tool] = script.split(' ');
    // Without it go would download the version that some go.mod asks for.
    const env = { GOTOOLCHAIN: 'local' };
    const { exit_code, stdout } = await ctx.run(script, { shell: 'sh', env, check: false, quiet: true });
    const [version] = stdout.match(/\d+(\.\d+)+/) ?? [];
    const found = exit_code === 0 && version;
    if (found && !isLess(version, wanted)) continue;
    const state = found ? `${tool} is ${version}, and ${wanted} or later was asked for` : `${tool} is not on PATH`;
    ctx.log.warn(`${state}; see ${homepage}`);
    return false;
  }
  return true;
}

function isLess(version, other) {
  const [parts, others] = [version, other].map((text) => text.split('.').map(Number));
  const at = others.findIndex((number, index) => number !== (parts[index] ?? 0));
  return at >= 0 && (parts[at] ?? 0) < others[at];
}
