// A package with a build script, a dependency that stays and one that does not.
export const identity = 'test.matcher@r1';
export const fetch = { path: 'matcher' };
export const build = { npm: { directory: 'matcher' } };

export const test = `
  matcher="$GALLEY_ASSET_DIR/bin/matcher"
  [ "$("$matcher" '*.{c,h}' codec.h)" = yes ]
  [ "$("$matcher" '*.{c,h}' codec.js)" = no ]
  [ "$("$matcher")" = '<p><em>matcher</em> PATTERN NAME</p>' ]
  [ ! -e "$GALLEY_ASSET_DIR/lib/node_modules/@test/matcher/node_modules/marked" ]
  [ ! -e "$GALLEY_ASSET_DIR/lib/node_modules/@test/matcher/build.js" ]
`;
