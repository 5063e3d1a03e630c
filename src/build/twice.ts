// The double-checked routine: look, lock, look again. What another process made while this one waited is found by the
// second look, so nothing is made twice. It serves the cache entry of a package, the check of a user-managed one and
// the check of a setup pair alike.

export interface Twice<Found, Held> {
  look(when: 'pre-lock' | 'post-lock'): Promise<Found | undefined>;
  lock(): Promise<Held>;
  /** Gives the lock back when there is nothing to make under it. */
  unlock(held: Held): Promise<void>;
}

/** What was found, or the lock under which it has to be made: then the caller releases it. */
export async function lookLockLook<Found, Held>(
  routine: Twice<Found, Held>,
): Promise<{ found: Found; held?: undefined } | { found?: undefined; held: Held }> {
  const early = await routine.look('pre-lock');
  if (early !== undefined) return { found: early };
  const held = await routine.lock();
  let found: Found | undefined;
  try {
    found = await routine.look('post-lock');
  } catch (error) {
    await routine.unlock(held);
    throw error;
  }
  if (found === undefined) return { held };
  await routine.unlock(held);
  return { found };
}
