import { expect, test } from 'vitest';
import { systemClock } from './clock.ts';
import { findProcess } from './host.ts';
import { type Program, runProgram } from './program.ts';

const run = (script: string, more: Partial<Program> = {}) =>
  runProgram(
    {
      argv: ['sh', '-c', script],
      cwd: '/',
      env: { PATH: process.env.PATH ?? '' },
      signal: new AbortController().signal,
      explain: ({ exitCode, complaint }) => new Error(`${exitCode}: ${complaint}`),
      ...more,
    },
    systemClock,
  );

const textOf = async (chunks: AsyncIterable<Buffer>) => Buffer.concat(await Array.fromAsync(chunks)).toString();

test('a program hands on what it prints, and is told what it reads', async () => {
  expect(await textOf(run('cat; echo more >&2', { stdin: 'a\nb\n' }))).toBe('a\nb\n');
});

test('a failure is told in the words of the program, all of them', async () => {
  const heard: string[] = [];
  const failing = run('echo out; echo first >&2; echo last >&2; exit 3', { onComplaint: (text) => heard.push(text) });
  await expect(textOf(failing)).rejects.toThrow('3: first\nlast\n');
  expect(heard.join('')).toBe('first\nlast\n');
});

test('who stops reading ends the program', async () => {
  let pid = 0;
  for await (const chunk of run('echo $$; while :; do echo y; done')) {
    pid = Number.parseInt(chunk.toString(), 10);
    break;
  }
  expect(findProcess(pid)).toBeUndefined();
});

test('a cancelled program ends with all it has started, and the reason is told', async () => {
  const controller = new AbortController();
  const chunks = run('sleep 60 & echo $!; wait', { signal: controller.signal });
  const { value } = await chunks.next();
  controller.abort(new Error('enough'));
  await expect(chunks.next()).rejects.toThrow('enough');
  expect(findProcess(Number(`${value}`))).toBeUndefined();
  await expect(textOf(run('true', { signal: controller.signal }))).rejects.toThrow('enough');
});

test('a program that is not there is a failure with its name', async () => {
  await expect(textOf(run('', { argv: ['no-such-program'] }))).rejects.toMatchObject({ code: 'COMMAND_NOT_FOUND' });
});
