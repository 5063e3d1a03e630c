// The work that all are given: a hundred targets, nine layers of eleven and a top. Each of a layer needs all of the layer
// below, and is made by one shell command that writes one small file.

export interface Target {
  name: string;
  below: readonly string[];
}

const LAYERS = 9;
const WIDTH = 11;

export const COMMAND = 'echo bench';

/** Needed by nobody, and needs all the others, some by way of others. */
export const TOP = 'top';

/** From the bottom to the top. */
export const GRAPH: readonly Target[] = layered();

function layered(): Target[] {
  const targets: Target[] = [];
  let below: string[] = [];
  for (let layer = 0; layer < LAYERS; layer++) {
    const names = Array.from({ length: WIDTH }, (_, index) => `p${layer}-${index}`);
    for (const name of names) targets.push({ name, below });
    below = names;
  }
  return [...targets, { name: TOP, below }];
}
