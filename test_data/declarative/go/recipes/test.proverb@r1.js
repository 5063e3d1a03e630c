// A program with a dependency that comes through the Go module proxy.
export const identity = 'test.proverb@r1';
export const fetch = { path: 'proverb' };
export const build = { go: { directory: 'proverb', ldflags: ['-s', '-w', '-X main.version=7'] } };

export const test = `
  [ "$("$GALLEY_ASSET_DIR/bin/proverb")" = "7: Don't communicate by sharing memory, share memory by communicating." ]
  ! grep -r "work/" "$GALLEY_ASSET_DIR"
`;
