import { execFile } from 'node:child_process';
import { expect, it } from 'vitest';

const LEAVE = new URL('./leave.ts', import.meta.url).href;

/** Runs a script that leaves with status 3, and answers how it ended; `exit` is what became of process.exit. */
function run(exit: string, before: string): Promise<{ status: unknown; said: string }> {
  const script = `import { leave } from '${LEAVE}'; const { exit } = process; process.exit = ${exit}; ${before} leave(3);`;
  return new Promise((resolve) => {
    execFile(process.execPath, ['--input-type=module', '-e', script], { timeout: 10_000 }, (error, said) =>
      resolve({ status: error?.code, said }),
    );
  });
}

it('ends by itself, without the call that may hang, and ends all the same when something was left open', async () => {
  const [dry, open] = await Promise.all([
    run('() => console.log("exit")', ''),
    run('(status) => { console.log("exit"); exit(status); }', 'setInterval(() => {}, 1000);'),
  ]);
  expect(dry).toEqual({ status: 3, said: '' });
  expect(open).toEqual({ status: 3, said: 'exit\n' });
});
