// Tools that know workspaces of packages: the same hundred, as directories of one repository.
import { execFileSync } from 'node:child_process';
import { COMMAND, GRAPH } from './graph.ts';
import type { Home, Peer } from './peer.ts';

function writePackages(home: Home, specifier: string): void {
  for (const { name, below } of GRAPH) {
    const dependencies = Object.fromEntries(below.map((other) => [other, specifier]));
    const manifest = { name, version: '1.0.0', private: true, scripts: { make: `${COMMAND} > out` }, dependencies };
    home.write(`packages/${name}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
  }
}

/** All from its cache, with a manager of packages beside it that it asks what belongs together. */
export const turbo: Peer = {
  name: 'turbo',
  version: ['turbo', '--version'],
  noop: {
    of: '100 tasks, all cached',
    says: /Cached:\s+100 cached, 100 total/,
    prepare(home) {
      writePackages(home, '*');
      const root = { name: 'bench', private: true, packageManager: 'npm@11.0.0', workspaces: ['packages/*'] };
      home.write('package.json', JSON.stringify(root));
      home.write('.gitignore', 'out\n.turbo\nhome\n');
      home.write('turbo.json', JSON.stringify({ tasks: { make: { dependsOn: ['^make'], outputs: ['out'] } } }));
      execFileSync('git', ['init', '--quiet', home.dir]);
      return home.with({ TURBO_TELEMETRY_DISABLED: '1' }).program(['turbo', 'run', 'make', '--output-logs=none']);
    },
  },
};

export const pnpm: Peer = {
  name: 'pnpm',
  version: ['pnpm', '--version'],
  noop: {
    of: 'a workspace of 100',
    says: /Already up to date/,
    prepare(home) {
      writePackages(home, 'workspace:*');
      home.write('package.json', JSON.stringify({ name: 'bench', private: true }));
      home.write('pnpm-workspace.yaml', 'packages:\n  - packages/*\n');
      return home.program(['pnpm', 'install', '--offline']);
    },
  },
};
