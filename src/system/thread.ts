/**
 * Milliseconds of processor time that the calling thread has used. Unlike the time on the wall it does not count while
 * the machine is busy with others, so a limit on it hits only who computes.
 */
export function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
