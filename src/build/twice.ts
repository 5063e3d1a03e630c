// The double-checked routine: look, lock, look again. What another process made while this one waited is found by the
// second look, so nothing is made twice. It serves the cache entry of a package, the check of a user-managed one and
// the check of a setup pair alike.

export interface Twice<Found, Held extends { release(): Promise<void> }> {
  look(when: 'pre-lock' | 'post-lock'): Promise<Found | undefined>;
  lock(): Promise<Held>;
}

/** What was found, or the lock under which it has to be made: then the caller releases it. */
export async function lookLockLook<Found, Held extends { release(): Promise<void> }>(
  routine: Twice<Found, Held>,
): Promise<{ found: Found; held?: undefined } | { found?: undefined; held: Held }> {
  const early = await routine.look('pre-lock');
  if (early !== undefined) return { found: early };
  const held = await routine.lock();
  let found: Found | undefined;
  try {
    found = await routine.look('post-lock');
  } catch (error) {
    await held.release();
    throw error;
  }
  if (found === undefined) return { held };
  await held.release();
  return { found };
}
