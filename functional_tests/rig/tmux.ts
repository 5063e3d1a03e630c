// A real terminal with a person at it: tmux keeps the screen as any terminal would, takes keys and changes its size. What
// the test sees is what the person sees.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { cleanEnvironment, PROGRAM } from './galley.ts';
import type { Project } from './project.ts';
import { findTool } from './toolbox.ts';

export const HAS_TMUX = findTool('tmux') !== undefined;

const PATIENCE_MS = 60_000;
const LOOK_MS = 50;

/** No line of its own at the bottom, nothing but the program in the window, and the window stays when that has ended. */
const SETTINGS = ['set -g status off', 'set -g remain-on-exit on', 'set -s escape-time 0', 'set -g history-limit 5000'];

export interface Window {
  columns?: number;
  rows?: number;
  env?: Readonly<Record<string, string>>;
}

export class Screen {
  readonly #socket: string;
  readonly #env: Record<string, string>;

  constructor(socket: string, env: Record<string, string>) {
    this.#socket = socket;
    this.#env = env;
  }

  async tmux(...args: string[]): Promise<string> {
    return (await promisify(execFile)('tmux', ['-S', this.#socket, ...args], { env: this.#env })).stdout;
  }

  /** What is to be seen, without the blank lines at the end. */
  async text(): Promise<string> {
    return (await this.tmux('capture-pane', '-p')).trimEnd();
  }

  /** That, and what has left the screen at the top. */
  async history(): Promise<string> {
    return (await this.tmux('capture-pane', '-p', '-J', '-S', '-')).trimEnd();
  }

  /** Waits until the screen shows something, and answers the screen. */
  async until(wanted: string | RegExp, what: 'text' | 'history' = 'text'): Promise<string> {
    return await this.poll(async () => {
      const text = await this[what]();
      const isThere = typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
      return { found: isThere ? text : undefined, missing: `The screen never showed ${wanted}, but:\n${text}` };
    });
  }

  /** Names of keys as tmux has them, or text. */
  async type(...keys: string[]): Promise<void> {
    await this.tmux('send-keys', ...keys);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.tmux('resize-window', '-x', `${columns}`, '-y', `${rows}`);
  }

  /** Of the program in the window: whether its cursor is to be seen. */
  async hasCursor(): Promise<boolean> {
    return (await this.tmux('display-message', '-p', '#{cursor_flag}')).trim() === '1';
  }

  /** Waits for the program to end, and answers its status. */
  async ended(): Promise<number> {
    return await this.poll(async () => {
      const [isDead, status] = (await this.tmux('display-message', '-p', '#{pane_dead} #{pane_dead_status}')).split(
        ' ',
      );
      // Its output may end before its status is known, and tmux may never come to know it.
      const known = isDead === '1' ? status?.trim() || (await this.#toldStatus()) : '';
      return { found: known ? Number(known) : undefined, missing: 'The program does not end' };
    });
  }

  /** What `onlyGalley` has written. */
  #toldStatus(): Promise<string> {
    return readFile(`${this.#socket}.status`, 'utf8').catch(() => '');
  }

  async poll<T>(look: () => Promise<{ found: T | undefined; missing: string }>): Promise<T> {
    for (const deadline = Date.now() + PATIENCE_MS; ; ) {
      const { found, missing } = await look();
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new Error(missing);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
}

/** Runs a shell command in a window of its own, in the directory of a project. `galley` is the built command line. */
export async function openScreen(project: Project, command: string, window: Window = {}): Promise<Screen> {
  const { columns = 80, rows = 24, env = {} } = window;
  const settings = `${project.rootDir}/tmux.conf`;
  await writeFile(settings, `${SETTINGS.join('\n')}\n`);
  const screen = new Screen(`${project.rootDir}/tmux`, { ...cleanEnvironment(project), SHELL: '/bin/sh', ...env });
  onTestFinished(async () => {
    await screen.tmux('kill-server').catch(() => {}); // It ends by itself when nothing is left in it.
  });
  const galley = `TMUX_STATUS='${project.rootDir}/tmux.status'; galley() { '${process.execPath}' '${PROGRAM}' "$@"; }; ${command}`;
  const size = ['-x', `${columns}`, '-y', `${rows}`];
  await screen.tmux('-f', settings, 'new-session', '-d', ...size, '-c', project.dir, 'bash', '-c', galley);
  return screen;
}

/** Shell text that runs galley and nothing after it, so that its end is the end of the window. */
export function onlyGalley(args: string): string {
  return `'${process.execPath}' '${PROGRAM}' ${args}; status=$?; echo $status > "$TMUX_STATUS"; exit $status`;
}
