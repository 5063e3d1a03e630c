// A program in TypeScript, as npm would publish it: the versions of package-lock.json, and the scripts of package.json, which
// find esbuild on PATH.
export const identity = 'web.page@r1';
export const description = 'Makes a page of a text in Markdown';

export const dependencies = [{ product: 'node', runtime: true }, { product: 'esbuild' }];

export const fetch = { path: '../web/page', exclude: ['node_modules', 'dist'] };

export const build = { npm: { directory: 'page' } };

export const products = { page: 'bin/page' };

export const test = `
  cd "$GALLEY_TMP_DIR"
  printf '# Ahoy\\n\\n- one\\n- two\\n' | "$GALLEY_ASSET_DIR/bin/page" > page.html
  grep '<h1>Ahoy</h1>' page.html
  [ "$(grep -c '<li>' page.html)" -eq 2 ]
`;
