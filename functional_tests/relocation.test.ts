// An asset works from its final path: software that is configured for it, software that is mended, and software that is
// refused because it would not. The C programs need a compiler; it is a tool the tests of galley install.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { assetOf, entriesOf, entryOf } from './rig/disk.ts';
import { galley, succeed } from './rig/galley.ts';
import { createProject } from './rig/project.ts';

const TOOL = 'test.tool@r1';

/** A program that says what is in a file whose path was compiled in. */
const TELLER = `
#include <stdio.h>
int main(void) {
  char text[64] = "";
  FILE *file = fopen(PREFIX "/share/text", "r");
  if (!file || !fgets(text, sizeof text, file)) return 1;
  fputs(text, stdout);
  return 0;
}`;

/** A project whose only recipe compiles the program, and installs it as the shell text says. */
async function projectWithTeller(install: string, extra = '') {
  return await createProject({
    [`recipes/${TOOL}/recipe.js`]: `
      export const fetch = { path: 'teller.c' };
      export const products = { teller: 'bin/teller' };
      export const install = ${JSON.stringify(`cd "$GALLEY_STAGE_DIR"; ${install}`)};${extra}`,
    [`recipes/${TOOL}/teller.c`]: TELLER,
  });
}

const FILES =
  'mkdir -p "$GALLEY_INSTALL_DIR/bin" "$GALLEY_INSTALL_DIR/share"; echo ahoy > "$GALLEY_INSTALL_DIR/share/text"';
const compile = (prefix: string, flags = ''): string =>
  `cc -DPREFIX="\\"${prefix}\\"" ${flags} -o "$GALLEY_INSTALL_DIR/bin/teller" teller.c`;

async function runProduct(project: Awaited<ReturnType<typeof createProject>>, name: string): Promise<string> {
  const { stdout } = await galley(project, `product ${name}`);
  return (await promisify(execFile)(stdout.trim())).stdout;
}

test('software configured for asset_dir and installed into install_dir works from its final path', async () => {
  const project = await projectWithTeller(`${FILES}; ${compile('$GALLEY_ASSET_DIR')}`);
  await succeed(project, 'sync');
  expect(await runProduct(project, 'teller')).toBe('ahoy\n');
});

test('install_dir in a text is rewritten, and a link to it too', async () => {
  const script = `#!/bin/sh\\ncat '"$GALLEY_INSTALL_DIR"'/share/link\\n`;
  const project = await createProject({
    [`recipes/${TOOL}.js`]: `
      export const products = { teller: 'bin/teller' };
      export const install = ${JSON.stringify(`${FILES}; printf '${script}' > bin/teller; chmod +x bin/teller; ln -s "$PWD/share/text" share/link`)};`,
  });
  await succeed(project, 'sync');
  expect(await runProduct(project, 'teller')).toBe('ahoy\n');
  const asset = path.join(await entryOf(project, TOOL), 'asset');
  expect(await assetOf(project, TOOL)).toEqual({
    'bin/teller': `#!/bin/sh\ncat ${asset}/share/link\n`,
    'share/link': `-> ${asset}/share/text`,
    'share/text': 'ahoy\n',
  });
});

test.each([
  ['install_dir in a binary', `${FILES}; ${compile('$GALLEY_INSTALL_DIR')}`, 'bin/teller'],
  ['stage_dir in an rpath', `${FILES}; ${compile('$GALLEY_ASSET_DIR', '"-Wl,-rpath,$PWD/lib"')}`, 'bin/teller'],
  [
    'stage_dir in the first line of a script',
    `${FILES}; echo "#!$PWD/python" > "$GALLEY_INSTALL_DIR/bin/tool"`,
    'bin/tool',
  ],
  ['a link to stage_dir', `${FILES}; ln -s "$PWD/teller.c" "$GALLEY_INSTALL_DIR/share/source"`, 'share/source'],
])('%s is refused, and the file is named', async (_name, install, file) => {
  const project = await projectWithTeller(install);
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(1);
  expect(events.codes()).toEqual(['ASSET_NAMES_WORK_DIR']);
  expect(events.messages()).toContain(`"${file}"`);
  expect(events.messages()).toContain('ctx.asset_dir');
  const [entry = ''] = await entriesOf(project, TOOL);
  expect(events.of('entry.purged')).toMatchObject([{ kept: ['failed', 'fetch'] }]);
  expect(entry).not.toBe('');
});

test('stage_dir in debug information is a warning that names the file', async () => {
  const project = await projectWithTeller(`${FILES}; ${compile('$GALLEY_ASSET_DIR', '-g')}`);
  const { events } = await succeed(project, 'sync');
  expect(events.outcomes()).toEqual({ [TOOL]: 'built' });
  const warnings = events.of('log.message', TOOL).filter(({ level }) => level === 'warn');
  expect(warnings.map(({ text }) => text)).toEqual([expect.stringContaining('bin/teller')]);
  expect(await runProduct(project, 'teller')).toBe('ahoy\n');
});
