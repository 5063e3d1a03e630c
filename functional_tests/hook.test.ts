// The shell integration in real shells on a terminal: what is on PATH in a project and outside of it, that entering a
// directory trusts nobody, that a change is noticed, and that a prompt starts no process.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm, symlink, utimes } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { listNames } from './rig/disk.ts';
import { cleanEnvironment, galley, succeed } from './rig/galley.ts';
import { createProject, type Files, type Project } from './rig/project.ts';
import { pathOf, SHELL_NAMES, type ShellName, type Typing, type } from './rig/typist.ts';

// util-linux's "script" makes the terminal; that of other systems has other flags.
const canType = process.platform === 'linux' && existsSync('/usr/bin/script');
const here = SHELL_NAMES.filter((shell) => existsSync(`/usr/bin/${shell}`) || existsSync(`/bin/${shell}`));

test.skipIf(here.length < SHELL_NAMES.length)('every shell that has an integration is on this machine', () => {
  expect(here).toEqual(SHELL_NAMES);
});

/** A project with one launcher that says its name. */
function small(name: string, extra = ''): Files {
  const recipe = `export const identity = 'test.${name}@r1'; export const products = { ${name}: 'it' };
    export const install = 'printf "#!/bin/sh\\\\necho ${name}\\\\n" > it; chmod +x it';`;
  return {
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = ['test.${name}@r1']; ${extra}`,
    [`recipes/test.${name}@r1.js`]: recipe,
  };
}

const inDir = (dir: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${dir}/${name}`, text]));

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The same lines in every shell of this machine at once; `SHELL` in them is its name. */
async function everywhere(
  project: Project,
  lines: readonly string[],
  check: (session: Awaited<ReturnType<typeof type>>, shell: ShellName) => void | Promise<void>,
  typing: Typing = {},
): Promise<void> {
  const named = (shell: ShellName) => lines.map((line) => line.replaceAll('SHELL', shell));
  await Promise.all(here.map(async (shell) => check(await type(project, shell, named(shell), typing), shell)));
}

test.skipIf(!canType)(
  "PATH and GALLEY_PROJECT_ROOT are a project's while one is in it, and then as they were",
  async () => {
    const odd = `o d'd "$(touch owned)\n`;
    const project = await createProject({
      ...inDir('a', small('one')),
      ...inDir('a/inner', small('two')),
      'free/x': '',
    });
    await project.write(inDir(odd, small('three')));
    for (const cwd of ['a', 'a/inner', odd]) await succeed(project, 'sync', { cwd });
    for (const shell of here) await mkdir(project.at(`a/deep-${shell}/er`), { recursive: true });
    await symlink(project.at('a/recipes'), project.at('free/way'));
    const at = (dir: string) => `cd ${quoted(project.at(dir))}`;
    const lines = [
      ...[
        'probe outside',
        at('a/deep-SHELL/er'),
        'probe deep',
        'one',
        'false',
        'probe failed',
        at('a/inner'),
        'probe inner',
        'two',
      ],
      ...[
        at('a'),
        'probe again',
        at(odd),
        'probe odd',
        'three',
        at('free'),
        'probe left',
        at('free/way'),
        'probe link',
      ],
      ...[
        'cd ..',
        'probe back',
        at('a/deep-SHELL/er'),
        `rm -r ${quoted(project.at('a/deep-SHELL/er'))}`,
        'probe vanished',
        'cd /',
        'probe end',
      ],
    ];
    await everywhere(project, lines, ({ noted, screen, calls }, shell) => {
      const plain = pathOf(project, shell);
      const active = (dir: string, status = '0') => ({
        ...{ status, path: [project.at(dir, '.galley/bin'), ...plain], root: project.at(dir) },
      });
      const outside = { status: '0', path: plain, root: 'unset' };
      expect(noted, shell).toEqual({
        outside,
        ...{ deep: active('a'), failed: active('a', '1'), inner: active('a/inner'), again: active('a') },
        ...{ odd: active(odd), left: outside, link: active('a'), back: outside, vanished: active('a'), end: outside },
      });
      for (const said of ['one', 'two', 'three']) expect(screen, shell).toMatch(new RegExp(`^${said}\\r?$`, 'm'));
      expect(calls, shell).toEqual([]);
    });
    expect(await listNames(project.at(odd))).not.toContain('owned');
  },
);

test.skipIf(!canType)('what the person does to PATH and GALLEY_PROJECT_ROOT meanwhile stays', async () => {
  const project = await createProject({ ...inDir('a', small('one')), ...inDir('b', small('two')) });
  for (const cwd of ['a', 'b']) await succeed(project, 'sync', { cwd });
  const add = (shell: ShellName) =>
    shell === 'fish' ? 'set -gx PATH /early $PATH /late' : 'PATH="/early:$PATH:/late"';
  for (const shell of here) {
    const env = {
      GALLEY_PROJECT_ROOT: '/mine',
      PATH: `${pathOf(project, shell).join(':')}:${project.at('a/.galley/bin')}`,
    };
    const lines = [
      ...[
        `cd ${quoted(project.at('a'))}`,
        add(shell),
        'probe changed',
        `cd ${quoted(project.at('b'))}`,
        'probe neighbour',
      ],
      ...['cd /', 'probe end'],
    ];
    const { noted } = await type(project, shell, lines, { env });
    const [launchers, plain] = [project.at('a/.galley/bin'), pathOf(project, shell)];
    // The one at the end was there before.
    const end = ['/early', ...plain, launchers, '/late'];
    expect(noted.changed, shell).toMatchObject({
      path: ['/early', launchers, ...plain, launchers, '/late'],
      root: project.at('a'),
    });
    expect(noted.neighbour, shell).toMatchObject({
      path: [project.at('b/.galley/bin'), ...end],
      root: project.at('b'),
    });
    expect(noted.end, shell).toMatchObject({ path: end, root: '/mine' });
  }
});

test.skipIf(!canType)('a shell inside of a shell in a project knows that it is in one', async () => {
  const project = await createProject(inDir('a', small('one')));
  await succeed(project, 'sync', { cwd: 'a' });
  for (const shell of here) {
    const dir = `${project.rootDir}/${shell}`;
    const inner = {
      bash: `bash --noprofile --rcfile ${dir}/.zshrc -i`,
      zsh: 'zsh -d -i',
      fish: `fish -N -C 'source ${dir}/.zshrc'`,
    };
    const lines = [
      `cd ${quoted(project.at('a'))}`,
      inner[shell],
      'probe inner',
      'cd /',
      'probe left',
      'exit',
      'probe outer',
    ];
    const { noted } = await type(project, shell, lines);
    expect(
      noted.inner?.path.filter((dir) => dir.includes('.galley')),
      shell,
    ).toEqual([project.at('a/.galley/bin')]);
    expect([noted.left?.path.join(':'), noted.left?.root], shell).not.toContain('.galley');
    expect(noted.outer?.root, shell).toBe(project.at('a'));
  }
});

test.skipIf(!canType)('a directory that this person has not synced is entered without any effect', async () => {
  const project = await createProject({
    ...inDir('synced', small('one')),
    ...inDir('cloned', { ...small('evil'), '.galley/checkout': '\n', '.galley/bin/ls': '#!/bin/sh\necho evil\n' }),
    ...inDir('copy', small('one')),
    ...inDir('synced/vendor', { 'galley.js': 'export const packages = [];' }),
  });
  await succeed(project, 'sync', { cwd: 'synced' });
  // Another checkout with another checkout's token, one in the place of one that was removed, and one that was moved.
  await cp(project.at('synced/.galley'), project.at('copy/.galley'), { recursive: true });
  await cp(project.at('synced'), project.at('gone'), { recursive: true });
  await succeed(project, 'sync', { cwd: 'gone' });
  await rename(project.at('gone'), project.at('moved'));
  await cp(project.at('cloned'), project.at('gone'), { recursive: true });
  // What is in the way of reading must not stop the shell.
  await cp(project.at('synced'), project.at('odd'), { recursive: true });
  await succeed(project, 'sync', { cwd: 'odd' });
  await rm(project.at('odd/.galley/checkout'));
  await mkdir(project.at('odd/.galley/checkout'));
  const dirs = ['cloned', 'copy', 'moved', 'gone', 'odd', 'synced/vendor'];
  const lines = dirs.flatMap((dir) => [`cd ${quoted(project.at(dir))}`, `probe ${dir}`]);
  await everywhere(project, lines, ({ noted, screen, calls }, shell) => {
    const outside = { status: '0', path: pathOf(project, shell), root: 'unset' };
    expect(noted, shell).toEqual(Object.fromEntries(dirs.map((dir) => [dir, outside])));
    expect([calls, screen.includes('galley:')], shell).toEqual([[], false]);
  });
});

const TOLD = /galley: the project has changed, run "galley sync"/g;

test.skipIf(!canType)('a change of the project is told once, whatever its time, until a sync has seen it', async () => {
  const project = await createProject(Object.assign({}, ...here.map((shell) => inDir(`in-${shell}`, small('one')))));
  await project.write({ 'old/galley.js': `${small('one')['galley.js']} // old` });
  await utimes(project.at('old/galley.js'), 1_000_000_000, 1_000_000_000);
  // A clock that was wrong is no change.
  for (const shell of here) await utimes(project.at(`in-${shell}/galley.js`), 4_000_000_000, 4_000_000_000);
  await Promise.all(here.map((shell) => succeed(project, 'sync', { cwd: `in-${shell}` })));
  const changes = [
    ...['cp -p ../old/galley.js galley.js', 'echo // >> recipes/test.one@r1.js'],
    ...[`echo '{ "schema": 1, "records": [] }' > galley.lock`, 'rm recipes/test.one@r1.js'],
  ];
  const lines = changes.flatMap((change, index) => [
    ...[change, 'cd recipes', 'cd ..', `echo seen${index + 1}`, 'false', `probe after${index}`, 'galley sync -q'],
  ]);
  const enter = [`cd ${quoted(project.at('in-SHELL'))}`, 'true', 'echo seen0'];
  await everywhere(project, [...enter, ...lines], ({ screen, noted }, shell) => {
    const told = changes.map((_, index) => between(screen, `seen${index}`, `seen${index + 1}`).match(TOLD)?.length);
    expect(told, `${shell} ${screen}`).toEqual(changes.map(() => 1));
    expect(screen.match(TOLD), shell).toHaveLength(changes.length);
    expect(noted.after0?.status, shell).toBe('1');
  });
});

/** What the screen shows from a line of output to another. */
function between(screen: string, from: string, to: string): string {
  const lines = screen.split(/\r*\n/);
  return lines.slice(lines.indexOf(from), lines.indexOf(to)).join('\n');
}

test.skipIf(!canType)(
  'after a sync new launchers are found at once, old ones are gone, and bin_dir is followed',
  async () => {
    const project = await createProject(small('one'));
    const next = small('cat', `export const bin_dir = 'tools';`);
    await project.write(inDir('next', next));
    for (const shell of here) {
      await rm(project.at('recipes'), { recursive: true });
      await project.write(small('one'));
      await succeed(project, 'sync');
      const lines = [
        ...[
          `cd ${quoted(project.dir)}`,
          'one',
          'echo plain | cat',
          'cp -r next/. .',
          'galley sync -q',
          'cat',
          'one',
          'probe after',
        ],
      ];
      const { noted, screen } = await type(project, shell, lines);
      expect(noted.after?.path, shell).toEqual([project.at('tools'), ...pathOf(project, shell)]);
      expect(screen, shell).toMatch(
        /^plain\r?$[\s\S]*^cat\r?$[\s\S]*(one.*not found|not found: one|Unknown command: one)/m,
      );
      await rm(project.at('tools'), { recursive: true, force: true });
    }
  },
);

test.skipIf(!canType)('the hook syncs by itself where that is asked for, once per change', async () => {
  const project = await createProject(Object.assign({}, ...here.map((shell) => inDir(`in-${shell}`, small('one')))));
  await Promise.all(here.map((shell) => succeed(project, 'sync', { cwd: `in-${shell}` })));
  const good = small('one')['galley.js'] as string;
  const lines = [
    ...[`cd ${quoted(project.at('in-SHELL'))}`, 'true', 'echo // >> galley.js', 'true', 'true'],
    ...['echo "(" >> galley.js', 'true', 'true', `echo ${quoted(good)} > galley.js`, 'true', 'probe after'],
  ];
  const check: Parameters<typeof everywhere>[2] = ({ noted, screen, calls }, shell) => {
    const dir = project.at(`in-${shell}`);
    expect(calls, shell).toEqual(Array(3).fill(`sync --quiet --manifest ${dir}/galley.js`));
    expect(screen.match(/code: MODULE_SYNTAX/g), shell).toHaveLength(1);
    expect(screen, shell).not.toMatch(TOLD);
    expect(noted.after?.root, shell).toBe(dir);
  };
  await everywhere(project, lines, check, { flags: '--sync' });
});

test.skipIf(!canType || !existsSync('/usr/bin/strace'))('neither a prompt nor a cd starts a process', async () => {
  const project = await createProject({ ...inDir('a', small('one')), ...inDir('b', small('two')) });
  for (const cwd of ['a', 'b']) await succeed(project, 'sync', { cwd });
  const busy = ['a', 'b', 'recipes', '..', '../a'].map(
    (dir, index) => `cd ${quoted(index < 2 ? project.at(dir) : dir)}`,
  );
  for (const shell of here) {
    const file = `${project.rootDir}/trace`;
    const under = `strace -f -qq -e trace=clone,clone3,fork,vfork,execve -o '${file}'`;
    await type(project, shell, ['/bin/true', ...busy, 'true', 'cd /', '/bin/true'], { under });
    const calls = (await readFile(file, 'utf8')).split('\n');
    const isMark = (line: string) => line.includes('execve("/bin/true"') && !line.includes('= -1');
    const between = calls.slice(calls.findIndex(isMark) + 1, calls.findLastIndex(isMark));
    // A thread is no process. The one that is started is that of the second mark.
    const started = between.filter((line) => /clone|fork/.test(line) && !/CLONE_THREAD|resumed>/.test(line));
    expect(started.length, `${shell}: ${between.join('\n')}`).toBe(1);
  }
});

/** What people have in their start-up files, what they type, and what it must look like to them. */
const HABITS: Record<string, { shell: ShellName; before: string; after: string; lines: string[]; shown: string[] }> = {
  'bash with a PROMPT_COMMAND, strict options and vi keys': {
    shell: 'bash',
    before: `set -u -C -f -o vi; PROMPT_COMMAND='last=$?; # mine'`,
    after: 'eval "$(galley hook bash)"',
    lines: ['(exit 7)', 'echo "last $last"', 'echo "$PROMPT_COMMAND"', 'shopt -oq vi && echo still vi'],
    shown: ['last 7', '__galley_prompt', 'last=$?; # mine', 'still vi'],
  },
  'bash with an array in PROMPT_COMMAND, and set -e': {
    shell: 'bash',
    before: `PROMPT_COMMAND=('a=1' 'b=2'); OLDPWD=/usr`,
    after: 'set -e',
    lines: ['! true', 'echo "alive $a $b"', 'cd - > /dev/null', 'echo "back in $PWD"'],
    shown: ['alive 1 2', 'back in /usr'],
  },
  'zsh with a precmd, strange options and vi keys': {
    shell: 'zsh',
    before:
      'setopt no_unset ksh_arrays sh_word_split no_clobber; bindkey -v; precmd() { last=$? }; also() { :; }; precmd_functions=(also)',
    after: 'eval "$(galley hook zsh)"',
    lines: ['(exit 7)', 'echo "last $last"', 'typeset -p precmd_functions', 'bindkey -lL main'],
    shown: ['last 7', 'typeset -a precmd_functions=( __galley_prompt also )', 'bindkey -A viins main'],
  },
  'zsh with err_exit': {
    shell: 'zsh',
    before: '',
    after: 'setopt err_exit',
    lines: ['! true', 'echo alive'],
    shown: ['alive'],
  },
  'fish with another function at its prompt': {
    shell: 'fish',
    before: 'function mine --on-event fish_prompt; set -g last $status; end',
    after: 'galley hook fish | source',
    lines: ['sh -c "exit 7"', 'echo "last $last"'],
    shown: ['last 7'],
  },
};

test.skipIf(!canType).each(Object.entries(HABITS))('the hook keeps to itself in %s', async (_name, habit) => {
  const project = await createProject(small('one'));
  await succeed(project, 'sync');
  const lines = [...habit.lines, `cd ${quoted(project.dir)}`, 'probe inside'];
  const { screen, noted } = await type(project, habit.shell, lines, habit);
  const shown = screen.split(/\r*\n/);
  for (const line of habit.shown) expect(shown, screen).toContain(line);
  expect(noted.inside?.path.filter((dir) => dir.includes('.galley'))).toEqual([project.at('.galley/bin')]);
  expect(screen).not.toMatch(/__galley\w*:|unbound|parameter not set|syntax error/);
});

test('a script that loads the hook has the project it is started in', async () => {
  const project = await createProject(small('one'));
  await succeed(project, 'sync');
  for (const shell of here) {
    const text = (await succeed(project, `hook ${shell}`)).stdout;
    const { stdout, stderr } = await promisify(execFile)(
      shell,
      ['-c', `${text}\none; cd /; echo "$GALLEY_PROJECT_ROOT"`],
      {
        cwd: project.dir,
        env: cleanEnvironment(project),
      },
    );
    // Bash runs nothing of ours at a cd.
    expect([stdout, stderr], shell).toEqual([`one\n${shell === 'bash' ? project.dir : ''}\n`, '']);
  }
});

test('a shell without an integration is refused, with those there are', async () => {
  const project = await createProject();
  const { status, events } = await galley(project, 'hook tcsh');
  expect([status, events.codes()]).toEqual([2, ['USAGE']]);
  expect(events.messages()).toContain('bash, zsh, fish');
});
