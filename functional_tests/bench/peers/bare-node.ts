import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Peer } from './peer.ts';

const LEAST = path.resolve(import.meta.dirname, '../least-install.mjs');

/** No tool, but what a tool in node cannot be quicker than. */
export const bareNode: Peer = {
  name: 'node',
  version: [process.execPath, '--version'],
  install(home, sources) {
    const argv = [process.execPath, LEAST, home.at('out'), JSON.stringify(sources)];
    return home.program(argv, async () => rmSync(home.at('out'), { recursive: true, force: true }));
  },
};
