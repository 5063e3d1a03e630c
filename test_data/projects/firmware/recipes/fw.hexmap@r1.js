// A tool for the machine that this runs on, by the same compiler as the firmware.
export const identity = 'fw.hexmap@r1';
export const description = 'Checks an Intel HEX file, and lists the pages of flash that it would write';

export const dependencies = [{ recipe: 'galley.zig-cc@r1' }];
export const products = { hexmap: 'bin/hexmap' };

export const fetch = { path: '../hexmap' };

export const build = 'cc -std=c11 -O2 -Wall -Wextra -Werror hexmap/hexmap.c -o hexmap/hexmap';

export const install = `
  mkdir bin
  mv "$GALLEY_STAGE_DIR/hexmap/hexmap" bin
`;

// A file of two pages is read, and one with a wrong digit is refused.
export const test = `
  cd "$GALLEY_TMP_DIR"
  {
    echo ':020000040800F2'
    echo ':0403FE0001020304F1'
    echo ':00000001FF'
  } > two.hex
  "$GALLEY_ASSET_DIR/bin/hexmap" two.hex | tee pages
  [ "$(grep -c '^0x0800' pages)" -eq 2 ]
  sed 's/01020304/01020305/' two.hex > wrong.hex
  if "$GALLEY_ASSET_DIR/bin/hexmap" wrong.hex; then exit 1; fi
`;
