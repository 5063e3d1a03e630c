// Python packages in a virtual environment of the project's choice: the host's own Python belongs to the system's package
// manager (PEP 668), and pip refuses to touch it.
import { demandNames, demandTool, fromProject, look, testProducts } from './wrapping.js';

export const identity = 'galley.pip@r1';
export const description = 'Python packages that pip installs in a virtual environment';
export const license = 'MIT';

export const platforms = ['linux', 'darwin'];
export const options = {
  // "black", or in exactly one version "black==24.10.0".
  packages: { type: 'list', required: true },
  // Where the environment is, or will be made: absolute, or relative to the project.
  venv: { type: 'string', default: '.venv' },
  // The Python to make it with.
  python: { type: 'string', default: 'python3' },
  // What the packages offer to projects and recipes, name → path: { black: '.venv/bin/black' }.
  products: { type: 'table', default: {} },
};
export const products = (options) => options.products;

const PACKAGE = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?(==[A-Za-z0-9.!+_-]+)?$/;

// Prints those that are missing. To pip 1.0 and 1 are the same version.
const FIND_MISSING = `
import re, sys
from importlib.metadata import PackageNotFoundError, version
for wanted in sys.argv[1:]:
    name, _, exact = wanted.partition('==')
    try:
        same = {re.sub(r'(\\.0)+$', '', text) for text in (version(name), exact or version(name))}
    except PackageNotFoundError:
        same = ()
    if len(same) != 1:
        print(wanted)
`;

// Neither pip nor venv has a lock: the directory is one. It is released when the process ends, however it ends.
const INSTALL = `
import fcntl, os, subprocess, sys
directory, *packages = sys.argv[1:]
os.makedirs(directory, exist_ok=True)
lock = os.open(directory, os.O_RDONLY)
fcntl.flock(lock, fcntl.LOCK_EX)
if not os.path.exists(directory + '/bin/pip'):
    subprocess.run([sys.executable, '-I', '-m', 'venv', directory]).returncode and sys.exit(1)
pip = [directory + '/bin/python', '-I', '-m', 'pip', '--disable-pip-version-check', '--no-input']
sys.exit(subprocess.run([*pip, 'install', *packages]).returncode)
`;

export async function check(ctx) {
  return (await findMissing(ctx)).length === 0;
}

async function findMissing(ctx) {
  const packages = demandNames(ctx.options, PACKAGE, 'a Python package');
  const python = `${fromProject(ctx, ctx.options.venv)}/bin/python`;
  const env = { PYTHON: python, SCRIPT: FIND_MISSING, PACKAGES: packages.join(' ') };
  const { exit_code, stdout } = await look(ctx, '"$PYTHON" -I -c "$SCRIPT" $PACKAGES', env);
  return exit_code === 0 ? stdout.split('\n').filter((name) => name !== '') : packages;
}

export async function install(ctx) {
  const { python, venv } = ctx.options;
  await demandTool(ctx, python);
  const missing = await findMissing(ctx);
  if (missing.length === 0) return;
  await ctx.run('"$PYTHON" -I -c "$SCRIPT" "$VENV" $PACKAGES', {
    shell: 'sh',
    env: {
      PYTHON: python,
      SCRIPT: INSTALL,
      VENV: fromProject(ctx, venv),
      PACKAGES: missing.join(' '),
    },
  });
}

export const test = testProducts;
