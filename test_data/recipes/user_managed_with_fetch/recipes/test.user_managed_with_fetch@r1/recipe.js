// Fetches, stages and builds in a workspace that is gone afterwards.
export const identity = 'test.user_managed_with_fetch@r1';

export const fetch = { path: 'oven.txt' };
export const build = 'tr a-z A-Z < oven.txt > built.txt';
export const check = 'test -f "$HOME/oven"';
export const install = 'cp "$GALLEY_STAGE_DIR/built.txt" "$HOME/oven"';
