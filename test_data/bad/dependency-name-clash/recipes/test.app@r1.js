export const identity = 'test.app@r1';
export const dependencies = [{ recipe: 'one.tool@r1' }, { recipe: 'two.tool@r1' }];
export const install = 'cp "$GALLEY_ASSET_TOOL/tool" .';
