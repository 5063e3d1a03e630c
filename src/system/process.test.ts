import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../model/failure.ts';
import { systemClock } from './clock.ts';
import { type Command, runCommand } from './process.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'galley-process-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const logOf = () => readFileSync(path.join(dir, 'log'), 'utf8');
const file = (name: string) => path.join(dir, name);

function run(script: string, options: Partial<Command> = {}) {
  const env = { PATH: process.env.PATH ?? '' };
  const signal = new AbortController().signal;
  const argv = ['sh', '-c', script];
  return runCommand({ argv, cwd: dir, env, signal, logFile: file('log'), ...options }, systemClock);
}

const code = (wanted: string) => expect.objectContaining({ code: wanted });

/** Waits for what a script in another process is about to do. */
async function until(what: () => boolean): Promise<void> {
  for (let waitedMs = 0; !what(); waitedMs += 5) {
    if (waitedMs > 10_000) throw new Error('waited too long');
    await systemClock.sleep(5);
  }
}

/** False for zombies too: in a container nobody may collect them. */
function isRunning(pidFile: string): boolean {
  const pid = readFileSync(file(pidFile), 'utf8').trim();
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

describe('output without capture', () => {
  it('keeps the exact order of both streams in the log', async () => {
    const script = 'i=0; while [ $i -lt 300 ]; do echo "o$i"; echo "e$i" >&2; i=$((i+1)); done';
    const result = await run(script);
    const lines = Array.from({ length: 300 }, (_, i) => `o${i}\ne${i}\n`);
    expect(logOf()).toBe(lines.join(''));
    expect(result).toMatchObject({ exitCode: 0, stdout: '', stderr: '', truncated: false, timedOut: false });
    expect(result.tail).toEqual(lines.join('').trimEnd().split('\n').slice(-20));
  });

  it.each([false, true])('that never ends does not fill the disk (captured: %s)', async (isCaptured) => {
    const heard: string[] = [];
    const result = await run('seq 100000; sleep 0.2; seq 100001 200000; sleep 0.2; echo last', {
      mostLogBytes: 100_000,
      onLines: (_, text) => heard.push(text),
      ...(isCaptured && { capture: { maxBytes: 1000 } }),
    });
    const log = logOf();
    expect(log.length).toBeLessThanOrEqual(100_100);
    expect(log.slice(0, 8)).toBe('1\n2\n3\n4\n');
    expect(log).toMatch(/\n… [\d.]+ MiB of output that was too much for this log\n/);
    expect(log.slice(-5)).toBe('last\n');
    expect(result.omittedBytes).toBeGreaterThan(1_000_000);
    expect(result.tail.at(-1)).toBe('last');
    expect(heard.join('\n').slice(-4)).toBe('last');
  });

  it('appends to the log and answers only its own tail', async () => {
    writeFileSync(file('log'), 'earlier\n');
    const heard: string[] = [];
    const result = await run('echo mine', { onLines: (stream, text) => heard.push(`${stream}:${text}`) });
    expect(logOf()).toBe('earlier\nmine\n');
    expect(result.tail).toEqual(['mine']);
    expect(heard).toEqual(['both:mine']);
  });

  it('hands on whole lines, in batches, while the command runs', async () => {
    const batches: string[] = [];
    const done = run('echo 1; echo 2; printf 3; while [ ! -e go ]; do sleep 0.01; done; echo 3; printf end', {
      onLines: (_, text) => batches.push(text),
    });
    await until(() => batches.length > 0);
    expect(batches.join('\n')).toBe('1\n2');
    writeFileSync(file('go'), '');
    await done;
    expect(batches.join('\n')).toBe('1\n2\n33\nend');
  });

  it('reports 200,000 lines in a few calls', async () => {
    let calls = 0;
    let lines = 0;
    await run('seq 200000', {
      onLines: (_, text) => {
        calls += 1;
        lines += text.split('\n').length;
      },
    });
    expect(lines).toBe(200_000);
    expect(calls).toBeLessThan(50);
  });
});

describe('output that comes faster than it is heard', () => {
  /** About 60 MB a second, which is more than what a listener takes who needs 10 ms for each part. */
  const FLOOD = 'yes "a line" | head -c 1000000 > part; while :; do cat part; sleep 0.01; done';
  const listenSlowly = () => {
    for (const until = performance.now() + 10; performance.now() < until; );
  };

  it('keeps nobody from ending the command', async () => {
    const result = await run(FLOOD, { timeoutMs: 500, onLines: listenSlowly });
    expect(result.timedOut).toBe(true);
    expect(result.durationMs).toBeLessThan(10_000);
  });

  it('has a gap where there is too much of it, and its end is there', async () => {
    const heard: string[] = [];
    await run('yes "a line" | head -c 39999995; echo the end', {
      isLagging: () => true,
      onLines: (_, text) => heard.push(text),
    });
    expect(heard[0]).toMatch(/^… 3\d\.\d MiB of output that only the log has$/);
    const lines = heard.slice(1).join('\n').split('\n');
    expect([lines.at(-1), new Set(lines).size, lines.length > 100_000]).toEqual(['the end', 2, true]);
  });

  it('makes a captured command wait, and all of it is heard in the end', async () => {
    let isLagging = true;
    const heard: string[] = [];
    const done = run('seq 100000; touch printed', {
      capture: { maxBytes: 10 },
      isLagging: () => isLagging,
      onLines: (_, text) => heard.push(text),
    });
    await until(() => heard.length > 0);
    await systemClock.sleep(150);
    expect(existsSync(file('printed'))).toBe(false);
    isLagging = false;
    await done;
    expect(heard.join('\n').split('\n')).toEqual(Array.from({ length: 100_000 }, (_, i) => `${i + 1}`));
  });
});

describe('output with capture', () => {
  it('keeps the streams apart, each in order, and writes both to the log', async () => {
    const heard: string[] = [];
    const result = await run('echo 1; echo a >&2; echo 2; echo b >&2; printf 3', {
      capture: { maxBytes: 100 },
      onLines: (stream, text) => heard.push(...text.split('\n').map((line) => `${stream}:${line}`)),
    });
    expect(result).toMatchObject({ stdout: '1\n2\n3', stderr: 'a\nb\n', truncated: false });
    expect(logOf().length).toBe('1\n2\n3a\nb\n'.length);
    expect(heard.filter((line) => line.startsWith('stdout'))).toEqual(['stdout:1', 'stdout:2', 'stdout:3']);
    expect(heard.filter((line) => line.startsWith('stderr'))).toEqual(['stderr:a', 'stderr:b']);
  });

  it('keeps the beginning when there is too much, and all of it in the log', async () => {
    const result = await run('seq 50000', { capture: { maxBytes: 10 } });
    expect(result).toMatchObject({ stdout: '1\n2\n3\n4\n5\n', truncated: true });
    expect(result.tail.at(-1)).toBe('50000');
    expect(logOf().split('\n')).toHaveLength(50_001);
  });

  it('does not wait for a daemon that holds the pipes', async () => {
    const script =
      'setsid sh -c "echo \\$\\$ >daemon; exec sleep 20" & while [ ! -s daemon ]; do sleep 0.01; done; echo up';
    const result = await run(script, { capture: { maxBytes: 100 } });
    expect(isRunning('daemon')).toBe(true);
    process.kill(Number(readFileSync(file('daemon'), 'utf8')));
    expect(result.stdout).toBe('up\n');
    expect(result.durationMs).toBeLessThan(5_000);
  });
});

describe('what a command gets and answers', () => {
  it('passes text to standard input, else nothing', async () => {
    const capture = { maxBytes: 100 };
    expect((await run('cat', { capture, stdin: 'hello' })).stdout).toBe('hello');
    expect((await run('cat', { capture })).stdout).toBe('');
  });

  it('survives a command that does not read its input', async () => {
    expect((await run('exit 0', { stdin: 'x'.repeat(1_000_000) })).exitCode).toBe(0);
  });

  it('has only the environment it is given', async () => {
    const env = { PATH: process.env.PATH ?? '', MINE: '1' };
    const { stdout } = await run('env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= -e ^PATH=', {
      env,
      capture: { maxBytes: 1000 },
    });
    expect(stdout).toBe('MINE=1\n');
  });

  it('answers the exit status, or 128 and the number of the signal', async () => {
    expect(await run('exit 7')).toMatchObject({ exitCode: 7 });
    expect(await run('kill -9 $$')).toMatchObject({ exitCode: 137, signalName: 'SIGKILL' });
  });

  it('says what is missing when it cannot start', async () => {
    await expect(run('', { argv: ['no-such-program'] })).rejects.toEqual(code('COMMAND_NOT_FOUND'));
    await expect(run('', { cwd: file('no') })).rejects.toThrow(`working directory "${file('no')}" does not exist`);
    writeFileSync(file('text'), 'echo');
    await expect(run('', { argv: [file('text')] })).rejects.toThrow('it is not an executable file');
    await expect(run('', { argv: ['sh', '-c', 'echo \0'] })).rejects.toEqual(code('INVALID_ARGUMENT'));
  });
});

describe('a command on the terminal', () => {
  it('gets our own descriptors and session, and leaves no trace in the log', async () => {
    const script = `
      const { runCommand } = await import('${new URL('./process.ts', import.meta.url).href}');
      const { systemClock } = await import('${new URL('./clock.ts', import.meta.url).href}');
      const command = { argv: ['sh', '-c', 'read name; echo "hello $name"; ps -o pgid= -p $$'], cwd: '/', terminal: true,
        env: process.env, signal: new AbortController().signal, logFile: '${file('log')}' };
      console.log(JSON.stringify(await runCommand(command, systemClock)));`;
    const { stdout } = await run('', {
      argv: ['sh', '-c', 'ps -o pgid= -p $$; exec "$0" --input-type=module -e "$1"', process.execPath, script],
      stdin: 'you\n',
      capture: { maxBytes: 1000 },
      logFile: file('outer'),
    });
    const [group, hello, childGroup, result] = stdout.split('\n');
    expect([hello, childGroup]).toEqual(['hello you', group]);
    expect(JSON.parse(result ?? '')).toMatchObject({ exitCode: 0, stdout: '', tail: [] });
    expect(logOf()).toBe('');
  });
});

describe('the end of a command', () => {
  it('takes background processes along when the command has ended', async () => {
    const result = await run('sleep 100 & echo $! >child; exit 4', { capture: { maxBytes: 10 } });
    expect(result.exitCode).toBe(4);
    expect(isRunning('child')).toBe(false);
  });

  it('lets a process substitution finish', async () => {
    await run('{ sleep 0.05; echo late; } & echo early');
    expect(logOf()).toBe('early\nlate\n');
  });

  it('ends the whole group when the time is over', async () => {
    const result = await run('sh -c "echo \\$\\$ >child; sleep 100" & wait', { timeoutMs: 300 });
    expect(result).toMatchObject({ timedOut: true, exitCode: 143 });
    expect(isRunning('child')).toBe(false);
  });

  it('kills a grandchild that ignores the request when the run is cancelled', async () => {
    const stop = new AbortController();
    const stubborn = `trap "" TERM; echo $$ >child; while :; do sleep 1; done`;
    const done = run(`(sh -c '${stubborn}' &) ; sleep 100`, { signal: stop.signal });
    await until(() => existsSync(file('child')));
    stop.abort(new Failure('INTERRUPTED', 'Stopped by the test'));
    await expect(done).rejects.toThrow('Stopped by the test');
    expect(isRunning('child')).toBe(false);
  });

  it('ends a stopped group', async () => {
    const stop = new AbortController();
    const done = run('echo $$ >child; kill -STOP $$', { signal: stop.signal });
    await until(() => existsSync(file('child')) && readFileSync(file('child'), 'utf8') !== '');
    stop.abort('enough');
    await expect(done).rejects.toEqual(code('INTERRUPTED'));
    expect(isRunning('child')).toBe(false);
  });

  it('does not start when the run was cancelled before', async () => {
    await expect(run('touch started', { signal: AbortSignal.abort('enough') })).rejects.toEqual(code('INTERRUPTED'));
    expect(existsSync(file('started'))).toBe(false);
  });
});
