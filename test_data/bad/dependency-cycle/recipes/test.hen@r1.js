export const identity = 'test.hen@r1';
export const dependencies = [{ recipe: 'test.egg@r1' }];
export const install = 'cp "$GALLEY_ASSET_EGG/shell" hen';
