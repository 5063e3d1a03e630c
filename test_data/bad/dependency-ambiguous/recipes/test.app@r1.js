export const identity = 'test.app@r1';
export const dependencies = [{ recipe: 'jam' }];
export const install = 'cp "$GALLEY_ASSET_JAM/jam" .';
