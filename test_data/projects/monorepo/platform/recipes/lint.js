// One linter with one set of rules for everybody: the rules are in the package, so they have a version too.
export const identity = 'team.lint@r1';
export const description = 'Our rules for Python';

export const dependencies = [{ recipe: 'galley.ruff@r1', needed_by: 'install', runtime: true }];
export const products = { lint: 'bin/lint' };

const RULES = `target-version = "py310"
line-length = 100
[lint]
select = ["E", "F", "I", "UP", "B"]
`;

const SCRIPT = `#!/bin/sh
exec '{{ruff}}' check --no-cache --config '{{asset}}/ruff.toml' "$@"
`;

export async function install(ctx) {
  await ctx.mkdir('bin');
  await ctx.write('ruff.toml', RULES);
  await ctx.write('bin/lint', ctx.template(SCRIPT, { ruff: await ctx.product('ruff'), asset: ctx.asset_dir }));
  await ctx.chmod('bin/lint', 0o755);
  ctx.mark_install_complete();
}

export const test = `
  cd "$GALLEY_TMP_DIR"
  printf 'import sys\\nimport os\\nprint(os.name, sys.argv)\\n' > unsorted.py
  if "$GALLEY_ASSET_DIR/bin/lint" unsorted.py; then exit 1; fi
  "$GALLEY_ASSET_DIR/bin/lint" --fix unsorted.py
`;
