// Whether our job has the terminal's keyboard. One that was started with `&`, or was sent to the background, is stopped by
// the system when it changes the terminal's modes.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** True where nobody knows. */
export function isInForeground(): boolean {
  try {
    return process.platform === 'linux' ? askKernel() : askPs();
  } catch {
    return true; // Without /proc or ps there is nobody to ask.
  }
}

/** proc_pid_stat(5): the fifth field is our process group, the eighth the one in the foreground. */
function askKernel(): boolean {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return group === foreground;
}

/** ps(1): `+` marks processes in the foreground. */
function askPs(): boolean {
  return execFileSync('ps', ['-o', 'stat=', '-p', `${process.pid}`], { encoding: 'latin1' }).includes('+');
}
