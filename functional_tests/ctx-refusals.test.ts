// What ctx refuses, and how an author learns of it: the code, a message that says what to do, the line of the recipe.
// Each row is a package of one project, because what is refused to one must not harm the others.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { galley } from './rig/galley.ts';
import { createProject } from './rig/project.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Refused {
  body: string;
  code: string;
  says: string;
  phase?: 'fetch' | 'build';
  more?: string;
}

const REFUSED: Record<string, Refused> = {
  'a member of another phase': {
    body: 'ctx.mark_install_complete()',
    code: 'INVALID_ARGUMENT',
    says: 'belongs to the install phase',
  },
  'a member that nobody has': { body: `await ctx.raed('a')`, code: 'INVALID_ARGUMENT', says: 'no member "raed"' },
  'a call that is not awaited': { body: `ctx.run('sleep 60')`, code: 'UNAWAITED_CALL', says: 'ctx.run' },
  'a call without an end that is not awaited': {
    body: `await ctx.run('truncate -s 8T large'); ctx.hash('large'); await ctx.run('true')`,
    code: 'UNAWAITED_CALL',
    says: 'ctx.hash',
  },
  'an argument of the wrong type': {
    body: `await ctx.read(7)`,
    code: 'INVALID_ARGUMENT',
    says: 'ctx.read(path) got 7',
  },
  'an option that nobody knows': {
    body: `await ctx.run('true', { cwdd: '.' })`,
    code: 'INVALID_ARGUMENT',
    says: 'did you mean "cwd"?',
  },
  'a dependency that is not declared': {
    body: `await ctx.asset('zlib')`,
    code: 'UNDECLARED_DEPENDENCY',
    says: 'Add it to the "dependencies"',
  },
  'a dependency of a later phase': {
    body: `await ctx.asset('dep')`,
    more: `export const dependencies = [{ recipe: 'test.dep@r1', needed_by: 'install' }];`,
    code: 'UNDECLARED_DEPENDENCY',
    says: 'needed_by: "build"',
  },
  'reading the project in a payload phase': {
    body: `await ctx.read(ctx.project_root + '/galley.js')`,
    code: 'PATH_OUTSIDE',
    says: 'galley.js',
  },
  'writing beside the own directories': {
    body: `await ctx.write('../../../beside', '')`,
    code: 'PATH_OUTSIDE',
    says: 'beside',
  },
  'reading through a link that leads out': {
    body: `await ctx.run('ln -s /etc/passwd link'); await ctx.read('link')`,
    code: 'PATH_OUTSIDE',
    says: 'link',
  },
  'making a link that leads out': {
    body: `await ctx.symlink('/etc/passwd', 'link')`,
    code: 'PATH_OUTSIDE',
    says: '/etc/passwd',
  },
  'writing into an asset': {
    body: `await ctx.write((await ctx.asset('dep')) + '/more', '')`,
    more: `export const dependencies = [{ recipe: 'test.dep@r1' }];`,
    code: 'PATH_OUTSIDE',
    says: 'more',
  },
  'moving over what is there': {
    body: `await ctx.write('a', ''); await ctx.write('b', ''); await ctx.move('a', 'b')`,
    code: 'INVALID_ARGUMENT',
    says: 'file already exists',
  },
  'reading what is not there': { body: `await ctx.read('none')`, code: 'INVALID_ARGUMENT', says: 'no such file' },
  'hashing a directory': { body: `await ctx.hash('.')`, code: 'INVALID_ARGUMENT', says: 'it is not a file' },
  'copying a directory into itself': {
    body: `await ctx.write('a', ''); await ctx.copy('.', 'sub')`,
    code: 'INVALID_ARGUMENT',
    says: 'the copy would be inside it',
  },
  'moving a directory into itself': {
    body: `await ctx.mkdir('a'); await ctx.move('a', 'a/c')`,
    code: 'INVALID_ARGUMENT',
    says: 'its new place would be inside it',
  },
  'copying a pipe': {
    body: `await ctx.run('mkfifo pipe'); await ctx.copy('pipe', 'b')`,
    code: 'INVALID_ARGUMENT',
    says: 'it is a device, a pipe or a socket',
  },
  'a variable that is too long': {
    body: `await ctx.run('true', { env: { SHORT: 'a', LONG: 'x'.repeat(5e6) } })`,
    code: 'INVALID_ARGUMENT',
    says: 'most of it in variable "LONG", which has 4.8 MiB',
  },
  'a variable with a NUL': {
    body: `await ctx.run('true', { env: { CUT: 'a\\0b' } })`,
    code: 'INVALID_ARGUMENT',
    says: 'variable "CUT" holds a NUL character',
  },
  'committing bytes with another sha256': {
    phase: 'fetch',
    body: `await ctx.write('a', 'a'); await ctx.commit_fetch({ filename: 'a', sha256: '${sha256('b')}' })`,
    code: 'DIGEST_MISMATCH',
    says: `expected ${sha256('b')}`,
  },
};

test('what ctx refuses fails its package alone, with a code, a message and the line', async () => {
  const names = Object.keys(REFUSED);
  const idOf = (name: string): string => `test.${name.replaceAll(' ', '-').toLowerCase()}@r1`;
  const recipe = ({ body, phase = 'build', more = '' }: Refused): string =>
    `${more}\nexport async function ${phase}(ctx) {\n  ${body};\n}`;
  const project = await createProject({
    'recipes/test.dep@r1.js': `export const install = 'touch made';`,
    ...Object.fromEntries(Object.entries(REFUSED).map(([name, row]) => [`recipes/${idOf(name)}.js`, recipe(row)])),
  });
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(1);
  const failures = Object.fromEntries(
    names.map((name) => [name, events.of('package.finished', idOf(name))[0]?.error] as const),
  );
  const codes = Object.fromEntries(names.map((name) => [name, failures[name]?.code]));
  expect(codes).toEqual(Object.fromEntries(Object.entries(REFUSED).map(([name, { code }]) => [name, code])));
  for (const [name, { says }] of Object.entries(REFUSED)) {
    expect(`${failures[name]?.message} ${failures[name]?.hint}`, name).toContain(says);
    expect(failures[name]?.location, name).toMatchObject({ line: 3 });
  }
  expect(events.outcomes()['test.dep@r1']).toBe('built');
});
