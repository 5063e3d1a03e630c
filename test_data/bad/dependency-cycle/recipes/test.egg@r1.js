export const identity = 'test.egg@r1';
export const dependencies = [{ recipe: 'test.hen@r1' }];
export const install = 'cp "$GALLEY_ASSET_HEN/hen" shell';
