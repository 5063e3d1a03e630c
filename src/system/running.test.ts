import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findRunning } from './running.ts';

/** Only Linux tells what processes run. */
const onLinux = test.runIf(process.platform === 'linux');

onLinux.each([
  ['by its path', (dir: string) => [path.join(dir, 'asset/tool.cjs')]],
  ['through a link', (dir: string) => [path.join(dir, 'link/tool.cjs')]],
  ['by a path from where it was started', () => ['./asset/tool.cjs']],
])('a script runs from a directory also when its interpreter has closed it: %s', async (_, words) => {
  const top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'galley-running-')));
  const dir = path.join(top, 'asset');
  fs.mkdirSync(dir);
  fs.symlinkSync('asset', path.join(top, 'link'));
  fs.writeFileSync(path.join(dir, 'tool.cjs'), 'process.stdin.resume(); process.stdout.write("up")');
  const child = spawn(process.execPath, words(top), { cwd: top, stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    expect([...findRunning(dir)]).toEqual([
      [path.join(dir, 'tool.cjs'), { pid: child.pid, command: expect.stringMatching(/tool\.cjs$/) }],
    ]);
    expect(findRunning(path.join(top, 'other'))).toEqual(new Map());
  } finally {
    child.stdin.end();
    await once(child, 'exit');
    fs.rmSync(top, { recursive: true });
  }
});
