// A bound on the memory for young objects. V8 doubles it whenever many of them survive, as they do while thousands of
// packages are under way at once: up to 134 MB, which it does not give back, to save a twentieth of the processor time.

/** With both halves. Most runs never come to this. */
const ENOUGH_BYTES = 8e6;
const LOOK_MS = 50;

/** Of the V8 in Node 24, in which this was tried. Another one may say that it does not know the flag. */
const TRIED = '13.';

/** From the moment when there is enough of it, until the process ends. */
export function boundYoungObjects(): Disposable {
  if (!process.versions.v8.startsWith(TRIED)) return { [Symbol.dispose]: () => {} };
  const looking = setInterval(async () => {
    const { getHeapSpaceStatistics, setFlagsFromString } = await import('node:v8');
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    if (young === undefined || young.space_size < ENOUGH_BYTES) return;
    clearInterval(looking);
    // The one flag that V8 reads each time it considers to grow.
    setFlagsFromString('--semi-space-growth-factor=1');
  }, LOOK_MS);
  looking.unref();
  return { [Symbol.dispose]: () => clearInterval(looking) };
}
