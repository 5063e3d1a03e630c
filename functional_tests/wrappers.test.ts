// The recipes that wrap what is on the host, on machines that this one is not: without the tool, without root, with other
// versions. Tools that cannot be had here are played by scripts that behave as their manuals say.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../src/model/json.ts';
import { listNames } from './rig/disk.ts';
import { galley, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';
import { createToolbox } from './rig/toolbox.ts';

/** Recipe of galley → its options. */
type Wanted = readonly [string, JsonObject][];

async function projectOf(wanted: Wanted): Promise<Project> {
  const packages = wanted.map(([name, options]) => ({ recipe: `galley.${name}@r1`, options }));
  return createProject({ 'galley.js': `export const packages = ${JSON.stringify(packages)};` });
}

const MANAGERS = ['apt', 'brew', 'dnf', 'npm', 'pip'];

// An option, a wildcard, a second word, a command, a group, a path, a version that is an option, and no text at all.
const NO_NAMES: Json[] = ['-o=Dir::Log=/tmp', 'hel*o', 'hello world', '$(id)', '@core', '../hello', 'hello=-1', 7];

test.each(MANAGERS)(
  'galley.%s takes names of packages, and nothing that a tool or a shell would read otherwise',
  async (name) => {
    // The last "-" is an order to remove.
    const wrong = name === 'apt' ? [...NO_NAMES, 'hello-'] : NO_NAMES;
    const project = await projectOf([
      ...wrong.map((text): Wanted[number] => [name, { packages: ['hello', text] }]),
      [name, { packages: [] }],
    ]);
    const { status, events } = await galley(project, 'sync', { env: { PATH: await createToolbox(project, {}) } });
    expect(status).toBe(1);
    for (const text of wrong) expect(events.messages()).toContain(`: ${JSON.stringify([text])}`);
    expect(events.messages()).toContain('Option "packages" is empty');
    expect(events.of('command.started')).toEqual([]);
  },
);

test('a wrapper says which tool is not on the machine', async () => {
  const project = await projectOf(MANAGERS.map((name) => [name, { packages: ['hello'] }]));
  const { events } = await galley(project, 'sync', { env: { PATH: await createToolbox(project, {}) } });
  for (const tool of ['dpkg-query', 'brew', 'rpm', 'npm', 'python3'])
    expect(events.messages()).toContain(`${tool} is not on this machine`);
});

/** A Debian and a Fedora with tar and nothing else, for somebody who is not root. */
const NOT_ROOT = {
  id: 'echo 1000',
  dpkg: 'echo amd64',
  'dpkg-query': 'echo tar amd64 1.34 installed',
  'apt-get': 'exit 100',
  rpm: '[ "$3" = tar ]',
  dnf: 'exit 1',
};
const TAR_AND_HELLO: Wanted = [
  ['apt', { packages: ['tar', 'hello'] }],
  ['dnf', { packages: ['tar', 'hello'] }],
];

test('without root and sudo nothing is installed, and the message says so', async () => {
  const project = await projectOf(TAR_AND_HELLO);
  const { events } = await galley(project, 'sync', { env: { PATH: await createToolbox(project, NOT_ROOT) } });
  for (const name of ['apt', 'dnf'])
    expect(events.messages()).toContain(`galley.${name}@r1 has to be root to install packages, and sudo is not`);
});

test('sudo gets the terminal, and only what is missing is installed', async () => {
  const project = await projectOf(TAR_AND_HELLO);
  const ordered = path.join(project.rootDir, 'ordered');
  await writeFile(ordered, '');
  const PATH = await createToolbox(project, {
    ...NOT_ROOT,
    sudo: `echo "$*" >> '${ordered}'`,
    'dpkg-query': `${NOT_ROOT['dpkg-query']}; grep -q apt-get '${ordered}' && echo hello amd64 2.1 installed`,
    rpm: `${NOT_ROOT.rpm} || grep -q dnf '${ordered}'`,
  });
  const { events } = await succeed(project, 'sync', { env: { PATH } });
  expect(events.of('terminal.borrowed')).toHaveLength(2);
  const [dnf, apt] = (await readFile(ordered, 'utf8')).trim().split('\n').sort();
  expect(dnf).toMatch(/^dnf install --assumeyes \S+ hello$/);
  expect(apt).toMatch(/^env .* apt-get .* install --no-install-recommends hello$/);
});

/** As its manual page and its source have it; a lock is held until somebody has been told of it. */
const BREW = `
case $1 in
  list)
    shift 3
    for formula; do
      name=$(basename "$formula")
      if [ -e "$CELLAR/$name" ]; then echo "$name 1.7.1"; else missing=1; fi
    done
    exit \${missing:-0} ;;
  install)
    echo "$HOMEBREW_NO_AUTO_UPDATE$HOMEBREW_NO_INSTALL_UPGRADE$HOMEBREW_NO_INSTALLED_DEPENDENTS_CHECK $*" >> "$CELLAR/../told"
    if [ -e "$CELLAR/../locked" ]; then
      rm "$CELLAR/../locked"
      echo 'Error: A \`brew install jq\` process has already locked /opt/homebrew/Cellar/jq.' >&2
      echo 'Please wait for it to finish or terminate it to continue.' >&2
      exit 1
    fi
    shift 2
    for formula; do
      [ "$formula" != nope ] || { echo 'Warning: No available formula with the name "nope".' >&2; exit 1; }
      : > "$CELLAR/$(basename "$formula")"
    done ;;
esac`;

test('galley.brew installs the formulae that are missing, and waits for another brew', async () => {
  const packages = ['jq', 'node@22', 'hashicorp/tap/terraform'];
  const project = await projectOf([['brew', { packages, products: { jq: '/bin/sh' } }]]);
  const cellar = path.join(project.rootDir, 'cellar');
  await mkdir(cellar);
  await writeFile(path.join(cellar, 'jq'), '');
  await writeFile(path.join(project.rootDir, 'locked'), '');
  const env = { PATH: await createToolbox(project, { brew: `CELLAR='${cellar}'\n${BREW}` }) };

  const first = await succeed(project, 'install --check-assets', { env });
  expect(Object.values(first.events.outcomes())).toEqual(['installed']);
  expect(await listNames(cellar)).toEqual(['jq', 'node@22', 'terraform']);
  const told = await readFile(path.join(project.rootDir, 'told'), 'utf8');
  // Twice: the first time another one had the lock.
  expect(told).toBe('111 install --formula node@22 hashicorp/tap/terraform\n'.repeat(2));
  expect(Object.values((await succeed(project, 'install', { env })).events.outcomes())).toEqual(['present']);
});

test('galley.brew fails with the words of brew when there is no such formula', async () => {
  const project = await projectOf([['brew', { packages: ['nope'] }]]);
  const env = { PATH: await createToolbox(project, { brew: `CELLAR='${project.rootDir}'\n${BREW}` }) };
  const { status, stderr } = await galley(project, 'sync', { env, told: 'words' });
  expect(status).toBe(1);
  expect(stderr).toContain('No available formula with the name "nope"');
});

test('a product that is not there fails the test of its wrapper', async () => {
  const project = await projectOf([['brew', { packages: ['jq'], products: { jq: '/no/such/jq' } }]]);
  await writeFile(path.join(project.rootDir, 'jq'), '');
  const env = { PATH: await createToolbox(project, { brew: `CELLAR='${project.rootDir}'\n${BREW}` }) };
  expect((await galley(project, 'install --check-assets', { env })).events.messages()).toContain(
    'Product "jq" is not there: "/no/such/jq"',
  );
});

interface Toolchain {
  minimum: string;
  /** What `cargo --version` does. Absent: it is not there at all. */
  cargo?: string;
  /** Absent: it will do. */
  warns?: string;
}

const TOOLCHAINS: Record<string, Toolchain> = {
  'the very version that was asked for': { minimum: '1.80', cargo: 'echo "cargo 1.80.0 (abc 2024-05-06)"' },
  'a later one, compared as numbers': { minimum: '1.9.1', cargo: 'echo "cargo 1.10.0 (abc 2024-05-06)"' },
  'an older one': {
    minimum: '1.80.1',
    cargo: 'echo "cargo 1.80.0 (abc 2024-05-06)"',
    warns: 'cargo is 1.80.0, and 1.80.1 or later was asked for',
  },
  'an older one, whatever its last part': {
    minimum: '2',
    cargo: 'echo "cargo 1.99.9 (abc 2024-05-06)"',
    warns: 'cargo is 1.99.9',
  },
  'one that is not well': {
    minimum: '0',
    cargo: 'echo no default toolchain >&2; exit 1',
    warns: 'no default toolchain',
  },
  'no cargo': { minimum: '0', warns: 'cargo is not on PATH; see https://rustup.rs' },
};

test.each(Object.entries(TOOLCHAINS))('a host with %s', async (_name, { minimum, cargo, warns }) => {
  const project = await projectOf([['rust', { minimum }]]);
  const tools = { rustc: 'echo rustc 99.1.0', ...(cargo && { cargo }) };
  const { events } = await galley(project, 'sync', { env: { PATH: await createToolbox(project, tools) } });
  expect(events.codes()).toEqual(warns === undefined ? [] : ['CHECK_FAILED']);
  const warnings = events.of('log.message').flatMap(({ level, text }) => (level === 'warn' ? [text] : []));
  if (warns === undefined) expect(warnings).toEqual([]);
  else expect(warnings).toEqual([expect.stringContaining(warns)]);
});

test('a minimum that is no version is refused', async () => {
  const project = await projectOf([['go', { minimum: 'latest' }]]);
  const { events } = await galley(project, 'sync');
  expect(events.messages()).toContain('Option "minimum" is "latest", expected a version');
});
