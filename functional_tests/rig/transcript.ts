// A page that tells of one session at a terminal: its files are written and its commands typed where they stand, in one
// shell, and what the commands say is compared with what the page shows.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { cleanEnvironment, PROGRAM } from './galley.ts';
import type { Project } from './project.ts';
import { networkEnvironment } from './shared-cache.ts';

/** ```` ```js file recipes/local.tool@r1.js ```` is a file of the project. */
export const FILE_TAG = /^\w+ file (\S+)$/;

/** In a page whose commands are shown with what they say; `console fails`: the last of them does. */
export const isConsole = (tag: string): boolean => tag === 'console' || tag === 'console fails';

/** Where this galley is. */
const ROOT = path.resolve(import.meta.dirname, '../..');

/** With its tag and its text. */
const BLOCK = /^```(.*)\n([\s\S]*?)^```$/gm;

interface Command {
  script: string;
  fails: boolean;
}

/** A page as it would be if all its commands were typed now; what changes from run to run stays as it is written. */
export async function retell(page: string, project: Project): Promise<string> {
  const steps = stepsOf(page);
  const said = await typeAll(steps, project);
  let next = 0;
  return page.replace(BLOCK, (whole, tag: string, body: string) => {
    if (!isConsole(tag)) return whole;
    const commands = commandsOf(tag, body);
    const now = commands.map(({ script }) => `${prompted(script)}${said[next++] ?? ''}`).join('');
    return settled(now) === settled(body) ? whole : `\`\`\`${tag}\n${now}\`\`\``;
  });
}

type Step = Command | { file: string; text: string };

function stepsOf(page: string): Step[] {
  return [...page.matchAll(BLOCK)].flatMap(([, tag = '', body = '']): Step[] => {
    const file = FILE_TAG.exec(tag)?.[1];
    if (file !== undefined) return [{ file, text: body }];
    return isConsole(tag) ? commandsOf(tag, body) : [];
  });
}

/** `$ first line`, `> further lines`. */
function commandsOf(tag: string, body: string): Command[] {
  const scripts = [...body.matchAll(/^\$ (.*(?:\n> .*)*)/gm)].map(([, text = '']) => text.replaceAll('\n> ', '\n'));
  return scripts.map((script, at) => ({ script, fails: tag === 'console fails' && at === scripts.length - 1 }));
}

const prompted = (script: string): string => `$ ${script.replaceAll('\n', '\n> ')}\n`;

/** Types all commands into one shell, and answers what each of them said on its two streams. */
async function typeAll(steps: readonly Step[], project: Project): Promise<string[]> {
  const mark = `--- ${process.pid} `;
  const lines = steps.map((step) =>
    'file' in step
      ? `mkdir -p '${path.dirname(step.file)}'; cat > '${step.file}' <<'END OF FILE'\n${step.text}END OF FILE`
      : `{ ${step.script}\n} 2>&1\nprintf '%s%d\\n' '${mark}' $?`,
  );
  const galley = `galley() { '${process.execPath}' '${PROGRAM}' "$@"; }`;
  const told = await shell([galley, ...lines].join('\n'), project);
  const commands = steps.filter((step) => 'script' in step);
  const parts = told.split(new RegExp(`^${mark}(\\d+)\\n`, 'm'));
  return commands.map(({ script, fails }, at) => {
    const [said, status] = [parts[2 * at] ?? '', Number(parts[2 * at + 1])];
    if ((status !== 0) !== fails) throw new Error(`"${script}" ended with ${status}\n${said}`);
    return neutral(said, project);
  });
}

function shell(script: string, project: Project): Promise<string> {
  const env = { ...cleanEnvironment(project), ...networkEnvironment() };
  const child = spawn('bash', ['-s'], { cwd: project.homeDir, env, stdio: ['pipe', 'pipe', 'inherit'] });
  const texts: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => texts.push(text));
  child.stdin.end(script);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(texts.join('')));
  });
}

/** As somebody would see it in a home directory. */
function neutral(text: string, { cacheDir, homeDir }: Project): string {
  return text
    .replaceAll(cacheDir, '/home/you/.cache/galley')
    .replaceAll(homeDir, '/home/you')
    .replaceAll(ROOT, '/home/you/galley');
}

/** Text without what differs from run to run and from machine to machine. */
function settled(text: string): string {
  return text
    .replace(/^\d+ % of the time was .*\n/gm, '')
    .replace(/\d+(\.\d+)? m?s\b/g, '<time>')
    .replace(/\d+(\.\d+)? (bytes|[KMG]iB)/g, '<size>')
    .replace(/\d{10,}-[0-9a-f]{32}\.log/g, '<log>')
    .replace(/(linux|darwin)-(x86_64|arm64)(-[0-9a-f]{32})?/g, '<platform>')
    .replace(/\b[0-9a-f]{12}\b/g, '<key>')
    .replace(/ +/g, ' ');
}
