// An image for the board, and the tool for this machine that reads it. The compiler comes with them.
export const recipe_roots = ['recipes'];

export const packages = [{ recipe: 'fw.blinker@r1', options: { beats_per_minute: 72 } }, 'fw.hexmap@r1'];
