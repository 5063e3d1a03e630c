import { rmSync } from 'node:fs';
import { COMMAND, GRAPH, TOP } from './graph.ts';
import type { Home, Peer } from './peer.ts';

function prepare(home: Home): void {
  const scripts = Object.fromEntries(GRAPH.map(({ name }) => [name, 'wireit']));
  const wireit = GRAPH.map(({ name, below }) => {
    return [name, { command: `${COMMAND} > out-${name}`, dependencies: below, files: [], output: [`out-${name}`] }];
  });
  const manifest = { name: 'bench', version: '1.0.0', scripts, wireit: Object.fromEntries(wireit) };
  home.write('package.json', `${JSON.stringify(manifest, null, 2)}\n`);
}

/** It has no flag for that. */
const PRINT_VERSION = `
  const bin = process.env.PATH.split(':').map((dir) => dir + '/wireit').find(fs.existsSync);
  require(path.resolve(fs.realpathSync(bin), '../../package.json')).version`;

/** Node runs the script itself: npm would take longer than wireit. */
const RUN = [process.execPath, '--run', TOP];

export const wireit: Peer = {
  name: 'wireit',
  version: [process.execPath, '-p', PRINT_VERSION],
  noop: {
    of: '100 scripts',
    says: /Ran 0 scripts and skipped 100/,
    prepare(home) {
      prepare(home);
      return home.program(RUN);
    },
  },
  cold(home) {
    prepare(home);
    return home.program(RUN, async () => {
      rmSync(home.at('.wireit'), { recursive: true, force: true });
      for (const { name } of GRAPH) rmSync(home.at(`out-${name}`), { force: true });
    });
  },
};
