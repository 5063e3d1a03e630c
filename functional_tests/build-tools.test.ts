// Declarative builds from outside, in the small: whose tools they use, what they are told, what becomes of them when
// something is in the way. What goes wrong for good is in test_data/bad/build-*.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openControl } from './rig/control.ts';
import { assetOf, entriesOf, entryOf, listNames, logOf } from './rig/disk.ts';
import { type galley, start, succeed } from './rig/galley.ts';
import { copyProject, createProject, type Files } from './rig/project.ts';
import { networkEnvironment, overSharedCache } from './rig/shared-cache.ts';
import { differences } from './rig/trees.ts';

const TOOL = 'test.tool@r1';
const RECIPE = `recipes/${TOOL}/recipe.js`;

/** A package whose sources are beside its recipe, in `src`. */
function toolWith(exports: string, sources: Files): Files {
  const named = Object.entries(sources).map(([name, text]) => [`recipes/${TOOL}/src/${name}`, text]);
  return {
    [RECIPE]: `export const fetch = { path: 'src' }; ${exports}`,
    ...Object.fromEntries(named),
  };
}

const MAKEFILE = `
tool: tool.c
	$(CC) $(CPPFLAGS) $(CFLAGS) tool.c -o tool $(LDLIBS)
install: tool
	mkdir -p $(DESTDIR)$(PREFIX)/bin
	cp tool $(DESTDIR)$(PREFIX)/bin
`;
const AHOY = '#include <stdio.h>\nint main(void) { puts("ahoy"); return 0; }\n';
const MAKE = `export const build = { make: { directory: 'src' } }; export const products = { tool: 'bin/tool' };`;

test('tools that dependencies offer are used by their path, whatever they are called', async () => {
  const project = await createProject({
    ...toolWith(`${MAKE} export const dependencies = [{ product: 'cc' }, { product: 'make' }];`, {
      Makefile: MAKEFILE,
      'tool.c': AHOY,
    }),
    'recipes/test.chain@r1.js': `
      export const products = { cc: 'libexec/compile', make: 'libexec/run' };
      export async function install(ctx) {
        await ctx.mkdir('libexec');
        await ctx.write('libexec/compile', '#!/bin/sh\\necho compiled by the chain\\nexec cc "$@"\\n');
        await ctx.write('libexec/run', '#!/bin/sh\\necho run by the chain\\nexec make "$@"\\n');
        for (const name of ['compile', 'run']) await ctx.chmod('libexec/' + name, 0o755);
      }`,
  });
  const { events } = await succeed(project, 'sync');
  expect(events.output(TOOL)).toEqual(expect.arrayContaining(['compiled by the chain', 'run by the chain']));
  const libexec = path.join(await entryOf(project, 'test.chain@r1'), 'asset/libexec');
  const scripts = events.of('command.started', TOOL).map(({ script }) => script);
  expect(scripts.map((script) => script.split(' ')[0])).toEqual([`${libexec}/run`, `${libexec}/run`]);
  expect(scripts[0]).toContain(`CC=${libexec}/compile`);
  expect(await runTool(project)).toBe('ahoy\n');
});

test('headers, libraries and pkg-config files of dependencies are found without being asked for', async () => {
  const library = `
    cc -fPIC -shared -o lib/libsalt.so "$GALLEY_STAGE_DIR/src/salt.c" -Wl,-soname,libsalt.so
    printf 'Name: salt\\nDescription: s\\nVersion: 3\\nLibs: -lsalt\\n' > lib/pkgconfig/salt.pc`;
  const project = await createProject({
    ...toolWith(`${MAKE} export const dependencies = [{ recipe: 'test.salt@r1', runtime: true }];`, {
      Makefile: MAKEFILE.replace('$(LDLIBS)', '$(LDFLAGS) $(shell pkg-config --libs salt)'),
      'tool.c': '#include <salt.h>\n#include <stdio.h>\nint main(void) { printf("%d\\n", salt()); return 0; }\n',
    }),
    'recipes/test.salt@r1/recipe.js': `
      export const fetch = { path: 'src' };
      export const install = ${JSON.stringify(`mkdir -p lib/pkgconfig include; cp "$GALLEY_STAGE_DIR/src/salt.h" include; ${library}`)};`,
    'recipes/test.salt@r1/src/salt.h': 'int salt(void);\n',
    'recipes/test.salt@r1/src/salt.c': 'int salt(void) { return 3; }\n',
  });
  await succeed(project, 'sync');
  expect(await runTool(project)).toBe('3\n');
});

test('an own install verb takes what the tool has built, and the tool installs nothing', async () => {
  const install = 'export const install = \'cp "$GALLEY_STAGE_DIR/src/tool" mine\';';
  const project = await createProject(
    toolWith(`export const build = { make: { directory: 'src' } }; ${install}`, {
      Makefile: MAKEFILE,
      'tool.c': AHOY,
    }),
  );
  const { events } = await succeed(project, 'sync');
  expect(Object.keys(await assetOf(project, TOOL))).toEqual(['mine']);
  expect(events.of('command.started', TOOL)).toHaveLength(2);
});

test('a workspace of Go counts when the sources have it, and not when the cache lies in one', async () => {
  // The real one would compile its library first, which is nothing to this.
  const teller = `
    export const products = { go: 'tell' };
    export async function install(ctx) {
      await ctx.write('tell', '#!/bin/sh\\necho "in $(go env GOWORK)"\\ncd "$GALLEY_TMP_DIR" && mkdir go-bin && cp "$0" go-bin/tool\\n');
      await ctx.chmod('tell', 0o755);
    }`;
  const workspaceOf = async (directory: string, sources: Files): Promise<string> => {
    const exports = `export const build = { go: { directory: '${directory}' } };
      export const dependencies = [{ recipe: 'test.go@r1' }];`;
    const files = { ...toolWith(exports, sources), 'recipes/test.go@r1.js': teller, '../go.work': 'go 1.21\n' };
    const { events } = await succeed(await createProject(files), 'sync');
    return events.output(TOOL).join();
  };
  expect(await workspaceOf('src', { 'go.mod': 'module tool\n' })).toBe('in off');
  const sources = { 'go.work': 'go 1.21\nuse ./cmd\n', 'cmd/go.mod': 'module tool\n' };
  expect(await workspaceOf('src/cmd', sources)).toMatch(/^in .*\/stage\/src\/go\.work$/);
});

test('no shell is needed: neither the default shell nor its key is anything to a declarative build', async () => {
  const manifest = (shell: string) => `
    export const recipe_roots = ['recipes'];
    export const default_shell = { inline: ['${shell}'] };
    export const packages = ['${TOOL}'];`;
  const project = await createProject({
    ...toolWith(MAKE, { Makefile: MAKEFILE, 'tool.c': AHOY }),
    'galley.js': manifest('/no/shell'),
  });
  expect((await succeed(project, 'sync')).events.outcomes()).toEqual({ [TOOL]: 'built' });
  await project.write({ 'galley.js': manifest('/no/other/shell') });
  expect((await succeed(project, 'sync')).events.outcomes()).toEqual({ [TOOL]: 'cached' });
});

test('arguments reach the tool as they are, and the log shows them as a shell would take them', async () => {
  const words = ['--with-salt=a  b', "it's", '$HOME', '*'];
  const configure = '#!/bin/sh\nshift; for word in "$@"; do echo "<$word>"; done; echo "ENV<$SALT>"\n';
  const makefile =
    'all:\ninstall:\n\tmkdir -p $(DESTDIR)$(shell cat prefix)\n\techo > $(DESTDIR)$(shell cat prefix)/file\n';
  const fields = { source_dir: 'src', configure_args: words, env: { SALT: ' $x ' } };
  const project = await createProject(
    toolWith(
      `export async function build(ctx) {
        await ctx.write('src/prefix', ctx.asset_dir);
        await ctx.chmod('src/configure', 0o755);
        return { autotools: ${JSON.stringify(fields)} };
      }`,
      { configure, Makefile: makefile },
    ),
  );
  const { events } = await succeed(project, 'sync');
  const expected = [...words.map((word) => `<${word}>`), 'ENV< $x >'];
  expect(events.output(TOOL).slice(0, expected.length)).toEqual(expected);
  expect(events.of('command.started', TOOL)[0]?.script).toMatch(/asset '--with-salt=a {2}b' 'it'\\''s' '\$HOME' '\*'$/);
  expect(await logOf(project, TOOL)).toContain('ENV< $x >');
  expect(await assetOf(project, TOOL)).toEqual({ file: '\n' });
});

test('a signal ends the tool with all that it started', async () => {
  const project = await createProject();
  const control = await openControl(project);
  const configure = `#!/bin/sh\n${control.script('child')} & ${control.script('configure')}\nwait\n`;
  await project.write(
    toolWith(
      `export async function build(ctx) {
        await ctx.chmod('src/configure', 0o755);
        return { autotools: { source_dir: 'src' } };
      }`,
      { configure },
    ),
  );
  const run = start(project, 'sync');
  const commands = [await control.next('child'), await control.next('configure')];
  run.kill('SIGTERM');
  await Promise.all(commands.map(({ gone }) => gone));
  expect((await run.finished).status).toBe(143);
  expect(await listNames(await entryOf(project, TOOL))).toEqual(['fetch']);
});

test('a recipe that is edited from the declarative form to the same by hand gives the same tree', async () => {
  const cmake = path.resolve(import.meta.dirname, '../test_data/declarative/cmake');
  const declared = overSharedCache(await copyProject(cmake));
  await succeed(declared, 'install', { env: networkEnvironment() });

  const byHand = overSharedCache(await copyProject(path.resolve(cmake, '../../by_hand')));
  await succeed(byHand, 'install', { env: networkEnvironment() });

  const entries = await entriesOf(declared, 'test.expat@r1');
  expect(entries).toHaveLength(2);
  const [one, other] = entries.map((entry) => path.join(entry, 'asset')) as [string, string];
  expect(await listNames(one)).toEqual(['bin', 'include', 'lib', 'share']);
  expect(await differences(one, other)).toEqual([]);
});

async function runTool(project: Parameters<typeof galley>[0]): Promise<string> {
  const { stdout } = await succeed(project, 'product tool');
  return (await promisify(execFile)(stdout.trim())).stdout;
}
