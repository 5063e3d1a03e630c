export const identity = 'acme.app@r1';
export const dependencies = [{ recipe: 'local.jam@r1' }];
export const install = 'cp "$GALLEY_ASSET_JAM/jam" .';
