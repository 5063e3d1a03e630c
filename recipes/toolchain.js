// What the wrappers of the host's compilers have in common. A compiler is a person's own choice and serves other projects
// too: it is looked for on PATH, never installed and never upgraded.

/** The least version that will do; whatever there is by default. */
export const minimum = { type: 'string', default: '0' };

/**
 * A `check`: every tool is on PATH, in the least version or a later one.
 *
 * @param commands by which each tool tells its version, as in "go version go1.26.8 linux/amd64"
 * @param homepage where a person gets them
 */
export async function findTools(ctx, commands, homepage) {
  const wanted = ctx.options.minimum;
  if (!/^\d+(\.\d+)*$/.test(wanted))
    throw new Error(`Option "minimum" is "${wanted}", expected a version such as "1.80"`);
  for (const command of commands) {
    const problem = await findProblem(ctx, command, wanted);
    if (problem === undefined) continue;
    ctx.log.warn(`${problem}; see ${homepage}`);
    return false;
  }
  return true;
}

async function findProblem(ctx, command, wanted) {
  // Go would download the version that the go.mod of a project asks for.
  const env = { GOTOOLCHAIN: 'local' };
  const { exit_code, stdout, stderr } = await ctx.run(command, { shell: 'sh', env, check: false, quiet: true });
  const [tool] = command.split(' ');
  if (exit_code === 127) return `${tool} is not on PATH`;
  const [version] = stdout.match(/\d+(\.\d+)+/) ?? [];
  if (exit_code !== 0 || version === undefined) return `${tool} does not tell its version: ${stderr.trim()}`;
  return isLess(version, wanted) ? `${tool} is ${version}, and ${wanted} or later was asked for` : undefined;
}

function isLess(version, other) {
  const [parts, others] = [version, other].map((text) => text.split('.').map(Number));
  const at = others.findIndex((number, index) => number !== (parts[index] ?? 0));
  return at >= 0 && (parts[at] ?? 0) < others[at];
}
