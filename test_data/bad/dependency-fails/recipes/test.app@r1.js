export const identity = 'test.app@r1';
export const dependencies = [{ recipe: 'test.lib@r1' }];
export const install = 'cp "$GALLEY_ASSET_LIB/lib" .';
