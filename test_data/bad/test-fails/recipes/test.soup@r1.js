export const identity = 'test.soup@r1';
export const install = 'touch soup';
export const test = 'echo "tastes of nothing"; test -e "$GALLEY_ASSET_DIR/salt"';
