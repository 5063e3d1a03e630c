// A build that is a shell string, in stage_dir; the install takes what it made.
export const identity = 'test.build_string@r1';

export const build = `
  printf 'made by %s\\n' "$GALLEY_IDENTITY" > made.txt
`;
export const install = 'cp "$GALLEY_STAGE_DIR/made.txt" .';
