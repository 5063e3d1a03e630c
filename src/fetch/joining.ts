// One download for all who want the same bytes at the same time, be it from different places: the tee of the first gets
// them as they come, the others get the file.
import { isFailure } from '../model/failure.ts';
import type { Receive, Stored } from './receive.ts';
import { createSharing } from './sharing.ts';

export function joinReceptions(receive: Receive): Receive {
  const share = createSharing<Stored>();
  return async (reception) => {
    const { located, signal } = reception;
    const ownName = JSON.stringify(located);
    let isOwn = false;
    const get = (shared: AbortSignal): Promise<Stored> => {
      isOwn = true;
      return receive({ ...reception, signal: shared });
    };
    try {
      return await share(located.sha256 ?? ownName, signal, get);
    } catch (error) {
      // What another place could not give, this one may have.
      if (isOwn || located.sha256 === undefined || signal.aborted || !isFailure(error)) throw error;
      return await share(ownName, signal, get);
    }
  };
}
