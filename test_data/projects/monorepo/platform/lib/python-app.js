// How we ship Python: one file with the program and all that it imports, which any Python of the host starts.

/** What a recipe needs that builds with `pythonApp`; `minimum` is of the language. */
export const python = (minimum) => ({ recipe: 'galley.python@r1', options: { minimum }, runtime: true });

/**
 * A `build` and an `install` in one: puts folders of stage_dir into one program.
 *
 * @param name of the program
 * @param main "module:function"
 * @param folders packages of Python: our own, and those of unpacked wheels
 */
export function pythonApp({ name, main, folders }) {
  return async function install(ctx) {
    const app = ctx.path.join(ctx.tmp_dir, 'app');
    await ctx.mkdir(app);
    for (const folder of folders) await ctx.copy(ctx.path.join(ctx.stage_dir, folder), ctx.path.join(app, folder));
    await ctx.mkdir('bin');
    const program = ctx.path.join('bin', name);
    await ctx.run('python3 -m zipapp "$APP" --main "$MAIN" --python "/usr/bin/env python3" --output "$PROGRAM"', {
      env: { APP: app, MAIN: main, PROGRAM: program },
    });
    ctx.mark_install_complete();
  };
}
