import { existsSync } from 'node:fs';
import { removeAll } from '../../rig/disk.ts';
import { COMMAND, GRAPH, TOP } from './graph.ts';
import type { Home, Peer } from './peer.ts';

const nameOf = (target: string): string => `t-${target}`;

/** Without a sandbox, and without a server to ask: it would be asked for every one of them. */
const CONF = 'sandbox = false\nbuild-users-group =\nsubstituters =\n';

function prepare(home: Home, conf = CONF) {
  const here = home.with({
    NIX_STORE_DIR: home.at('nix/store'),
    NIX_STATE_DIR: home.at('nix/var'),
    NIX_LOG_DIR: home.at('nix/log'),
    NIX_CONF_DIR: home.at('conf'),
  });
  here.write('conf/nix.conf', conf);
  const targets = GRAPH.map(({ name, below }) => {
    return `  ${nameOf(name)} = make "${name}" [ ${below.map(nameOf).join(' ')} ];`;
  });
  here.write(
    'graph.nix',
    `let
  make = name: below: derivation {
    inherit name below;
    system = builtins.currentSystem;
    builder = "/bin/sh";
    args = [ "-c" "${COMMAND} > $out" ];
  };
${targets.join('\n')}
in ${nameOf(TOP)}
`,
  );
  return (before?: () => Promise<void>) => here.program(['nix-build', 'graph.nix', '--no-out-link'], before);
}

export const nix: Peer = {
  name: 'nix-build',
  version: ['nix-build', '--version'],
  noop: { of: '100 derivations', says: /^\S+-top\n$/, prepare: (home) => prepare(home)() },
  cold: (home) => prepare(home)(() => forget(home)),
  coldSynced: (home) => prepare(home, `${CONF}sync-before-registering = true\n`)(() => forget(home)),
};

async function forget(home: Home): Promise<void> {
  if (existsSync(home.at('nix'))) await removeAll(home.at('nix'));
}
