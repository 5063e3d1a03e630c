// A person at a terminal: interactive shells with the shell integration, lines typed into them, and what they then see.
import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { cleanEnvironment, PROGRAM } from './galley.ts';
import type { Project } from './project.ts';

export type ShellName = 'bash' | 'zsh' | 'fish';
export const SHELL_NAMES: readonly ShellName[] = ['bash', 'zsh', 'fish'];

/** What a line typed as `probe <label>` has noted. */
export interface Noted {
  status: string;
  path: string[];
  root: string;
}

export interface Session {
  /** By label. */
  noted: Record<string, Noted>;
  /** Everything the terminal has shown. */
  screen: string;
  /** How often galley was called, with what. */
  calls: string[];
}

export interface Typing {
  /** Lines of the start-up file: before the integration is loaded, and after it. */
  before?: string;
  after?: string;
  /** Of `galley hook`. */
  flags?: string;
  env?: Record<string, string>;
  /** The commands of galley that are carried out; of all others it is only noted that they were called. */
  only?: readonly string[];
  /** Put before the command line that starts the shell. */
  under?: string;
}

/** The tools of a person who has galley, and whose words of a shell are these. */
const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin';
const PROBE: Record<'sh' | 'fish', string> = {
  sh: `probe() { local s=$?; printf '%s\\0%s\\0%s\\0%s\\0' "$1" "$s" "$PATH" "\${GALLEY_PROJECT_ROOT-unset}" >> "$NOTES"; }`,
  fish: `function fish_prompt; end; function fish_title; end
function probe
  set -l s $status
  set -q GALLEY_PROJECT_ROOT; and set -l root $GALLEY_PROJECT_ROOT; or set -l root unset
  printf '%s\\0%s\\0%s\\0%s\\0' $argv[1] $s (string join : -- $PATH | string collect) $root >> $NOTES
end`,
};

/** Starts a shell on a terminal of its own, outside of every project, and types. */
export async function type(
  project: Project,
  shell: ShellName,
  lines: readonly string[],
  typing: Typing = {},
): Promise<Session> {
  const dir = path.join(project.rootDir, shell);
  await rm(dir, { recursive: true, force: true });
  await mkdir(path.join(dir, 'bin'), { recursive: true });
  const [notes, calls] = [path.join(dir, 'notes'), path.join(dir, 'calls')];
  await writeFile(notes, '');
  const deaf = typing.only ? `case $1 in ${typing.only.join('|')}) ;; *) exit ;; esac\n` : '';
  const wrapper = `#!/bin/sh\necho "$*" >> '${calls}'\n${deaf}exec '${process.execPath}' '${PROGRAM}' "$@"\n`;
  await writeFile(path.join(dir, 'bin/galley'), wrapper);
  await chmod(path.join(dir, 'bin/galley'), 0o755);
  const load =
    shell === 'fish'
      ? `galley hook fish ${typing.flags ?? ''} | source`
      : `eval "$(galley hook ${shell} ${typing.flags ?? ''})"`;
  const probe = PROBE[shell === 'fish' ? 'fish' : 'sh'];
  // For zsh the name is fixed.
  const rc = path.join(dir, '.zshrc');
  await writeFile(rc, [probe, typing.before ?? '', load, typing.after ?? '', `rm -f '${calls}'`, ''].join('\n'));
  const start = {
    bash: `bash --noprofile --rcfile '${rc}' -i`,
    zsh: `zsh -d -i`,
    fish: `fish -N -C 'source ${rc}'`,
  }[shell];
  const env = {
    ...cleanEnvironment(project),
    PATH: `${dir}/bin:${SYSTEM_PATH}`,
    TERM: 'dumb',
    ZDOTDIR: dir,
    NOTES: notes,
    ...typing.env,
  };
  const child = promisify(execFile)('script', ['-qec', `${typing.under ?? ''} ${start}`, '/dev/null'], {
    cwd: project.rootDir,
    env,
    timeout: 30_000,
  });
  child.child.stdin?.end(`${[...lines, 'exit'].join('\n')}\n`);
  const { stdout } = await child.catch((error: { stdout: string }) => error);
  return {
    noted: parseNotes(await textOf(notes)),
    screen: stdout,
    calls: (await textOf(calls)).split('\n').slice(0, -1),
  };
}

/** The PATH that a session begins with. */
export function pathOf(project: Project, shell: ShellName): string[] {
  return [path.join(project.rootDir, shell, 'bin'), ...SYSTEM_PATH.split(':')];
}

function parseNotes(text: string): Record<string, Noted> {
  const words = text.split('\0');
  const noted: Record<string, Noted> = {};
  for (let at = 0; at + 3 < words.length; at += 4) {
    const [label = '', status = '', list = '', root = ''] = words.slice(at);
    noted[label] = { status, path: list.split(':'), root };
  }
  return noted;
}

const textOf = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');
