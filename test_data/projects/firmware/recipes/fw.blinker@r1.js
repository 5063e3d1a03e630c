// The firmware: from C and a linker script to the files that a programmer writes into the flash.
export const identity = 'fw.blinker@r1';
export const description = 'Blinks an LED in the rhythm of a heart';

export const options = {
  beats_per_minute: { type: 'int', default: 60, range: [30, 240] },
};

export const dependencies = [
  { recipe: 'galley.zig-cc@r1', options: { target: 'thumb-freestanding-eabi', cpu: 'cortex_m3' } },
];

export const products = {
  'blinker-elf': 'blinker.elf',
  'blinker-bin': 'blinker.bin',
  'blinker-hex': 'blinker.hex',
};

export const fetch = { path: '../blinker' };

// "cc" and "objcopy" are those of the target: products of a dependency come first on PATH. What a debugger is told of the
// sources must not be where they were for a moment.
export const build = `
  cd blinker
  cc -std=c11 -Os -g -ffile-prefix-map="$PWD=blinker" -Wall -Wextra -Werror -ffreestanding -ffunction-sections -fdata-sections \\
    -DBEATS_PER_MINUTE="$GALLEY_OPTION_BEATS_PER_MINUTE" \\
    -Wl,--gc-sections -Wl,-z,max-page-size=4 -T board.ld main.c start.c -o blinker.elf
  objcopy -O binary blinker.elf blinker.bin
  objcopy -O hex blinker.elf blinker.hex
`;

export const install = `
  mv "$GALLEY_STAGE_DIR"/blinker/blinker.{elf,bin,hex} .
  chmod -x blinker.elf # not for this machine
`;

// Half of the flash is for the next version while this one is running.
const BUDGET = 32 * 1024;

export const test = `
  image="$GALLEY_ASSET_DIR/blinker.bin"
  size=$(wc -c < "$image")
  echo "$size of ${BUDGET} bytes"
  [ "$size" -le ${BUDGET} ]

  # The processor reads two words at reset: where the stack ends, and where to start, which is odd as in all Thumb code.
  set -- $(od -An -tx4 -N8 "$image")
  echo "stack $1, start $2"
  [ "$1" = 20005000 ]
  case $2 in 0800*[13579bdf]) ;; *) exit 1 ;; esac

  # ELF: for 32 bits, and for ARM.
  set -- $(od -An -tx1 -j4 -N1 "$GALLEY_ASSET_DIR/blinker.elf") $(od -An -tx1 -j18 -N1 "$GALLEY_ASSET_DIR/blinker.elf")
  [ "$1 $2" = '01 28' ]
`;
