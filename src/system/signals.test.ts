import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';

const SIGNALS = new URL('./signals.ts', import.meta.url).href;
const GROUP = new URL('./group.ts', import.meta.url).href;

/** A process of its own, as signals reach all of it. It prints what it hears. */
async function start(body: string) {
  const script = `
    const { onStopSignals } = await import('${SIGNALS}');
    const { holdTarget } = await import('${GROUP}');
    ${body}
    console.log('ready');
    setTimeout(() => {}, 20_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  const hears = async (text: string) => {
    while (!said.join('').includes(text)) await once(child.stdout, 'data');
  };
  child.stdout.on('data', (chunk) => said.push(String(chunk)));
  await hears('ready\n');
  return { child, hears, exit: once(child, 'exit') };
}

describe('onStopSignals', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('hears the first signal and ends the process at a second that is %s', async (second, status) => {
    const { child, hears, exit } = await start('onStopSignals((signal) => console.log(signal));');
    child.kill('SIGTERM');
    await hears('SIGTERM\n');
    await setTimeout(600);
    child.kill(second);
    expect(await exit).toEqual([status, null]);
  });

  it('hears one SIGTERM that is sent twice, to a group and to its leader, as one', async () => {
    const { child, hears, exit } = await start('onStopSignals((signal) => console.log(signal));');
    child.kill('SIGTERM');
    await hears('SIGTERM\n');
    child.kill('SIGTERM');
    await hears('SIGTERM\nSIGTERM\n');
    child.kill('SIGINT');
    expect(await exit).toEqual([130, null]);
  });

  it('leaves signals alone once disposed', async () => {
    const { child, exit } = await start('onStopSignals(() => {})[Symbol.dispose]();');
    child.kill('SIGHUP');
    expect(await exit).toEqual([null, 'SIGHUP']);
  });
});

describe('holdTarget', () => {
  it('kills what still runs when the process exits', async () => {
    const sleeper = spawn('sleep', ['20'], { detached: true, stdio: 'ignore' });
    const ended = once(sleeper, 'exit');
    await start(`holdTarget(-${sleeper.pid}); process.nextTick(() => { console.log('ready'); process.exit(); });`);
    expect(await ended).toEqual([null, 'SIGKILL']);
  });
});
