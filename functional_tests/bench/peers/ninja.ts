import { rmSync } from 'node:fs';
import { COMMAND, GRAPH } from './graph.ts';
import type { Home, Peer } from './peer.ts';

function prepare(home: Home): void {
  const edges = GRAPH.map(({ name, below }) => {
    return `build out/${name}: make${below.map((other) => ` out/${other}`).join('')}`;
  });
  home.write('build.ninja', `rule make\n  command = ${COMMAND} > $out\n${edges.join('\n')}\n`);
}

export const ninja: Peer = {
  name: 'ninja',
  version: ['ninja', '--version'],
  noop: {
    of: '100 edges',
    says: /no work to do/,
    prepare(home) {
      prepare(home);
      return home.program(['ninja']);
    },
  },
  cold(home) {
    prepare(home);
    return home.program(['ninja'], async () => {
      for (const name of ['out', '.ninja_log', '.ninja_deps']) rmSync(home.at(name), { recursive: true, force: true });
    });
  },
};
