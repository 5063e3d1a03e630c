import { rmSync } from 'node:fs';
import type { Source } from '../archives.ts';
import type { Home, Peer } from './peer.ts';

const STATE = ['data', 'cache', 'state'];

function prepare(home: Home, sources: readonly Source[]): Home {
  const tools = sources.map(({ url, sha256 }, index) => {
    return `"http:tool${index}" = { version = "1.0.0", url = "${url}", checksum = "sha256:${sha256}" }`;
  });
  home.write('mise.toml', ['[tools]', ...tools, ''].join('\n'));
  const dirs = STATE.map((name) => [`MISE_${name.toUpperCase()}_DIR`, home.at(name)]);
  return home.with({
    ...Object.fromEntries(dirs),
    MISE_CONFIG_DIR: home.at('conf'),
    MISE_TRUSTED_CONFIG_PATHS: home.dir,
    MISE_YES: '1',
  });
}

export const mise: Peer = {
  name: 'mise',
  version: ['mise', '--version'],
  /** That of the same 20 that it installs below. */
  noop: {
    of: '20 tools',
    says: /20 already installed|all tools are installed/,
    prepare(home, sources) {
      return prepare(home, sources).program(['mise', 'install']);
    },
  },
  install(home, sources) {
    return prepare(home, sources).program(['mise', 'install'], async () => {
      for (const name of STATE) rmSync(home.at(name), { recursive: true, force: true });
    });
  },
};
