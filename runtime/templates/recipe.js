// How {{name}} is made. Try it with `galley install {{name}}`.

/** @import { InstallContext, Options } from 'galley/recipe' */

export const identity = '{{identity}}';
export const description = 'What {{name}} is, in one line';

/**
 * What people can choose; each different choice is a package of its own.
 *
 * @type {Options}
 */
export const options = {
  version: { type: 'semver', default: '1.0.0' },
};

/**
 * Runs in an empty directory that becomes the asset. A function `fetch` or `build` can come before it.
 *
 * @param {InstallContext} ctx
 */
export async function install(ctx) {
  await ctx.mkdir('share');
  await ctx.write('share/{{name}}.txt', `{{name}} ${ctx.options.version}\n`);
  ctx.mark_install_complete();
}

/** Proves that the asset works: `galley test {{name}}`. */
export const test = 'grep -q {{name}} "$GALLEY_ASSET_DIR/share/{{name}}.txt"';
