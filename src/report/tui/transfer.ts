// A download that is under way: how far it is, how fast, and when it will have arrived. Speed is that of the last
// seconds, as a connection changes its mind.

/** Long enough to be calm, short enough to notice that nothing comes any more. */
const WINDOW_MS = 5_000;
const SAMPLE_MS = 500;

export interface Transfer {
  receivedBytes: number;
  sizeBytes?: number;
  /** How much was there at some moments of the last seconds, the oldest first. */
  samples: { at: number; bytes: number }[];
}

/** What stands in a row; of several downloads together. */
export interface TransferFacts {
  receivedBytes: number;
  /** Undefined when it is not known of all of them. */
  sizeBytes?: number;
  bytesPerSecond: number;
  /** Undefined when nothing comes, or nobody knows how much is missing. */
  leftMs?: number;
}

export function startTransfer(at: number, sizeBytes: number | undefined): Transfer {
  return { receivedBytes: 0, samples: [{ at, bytes: 0 }], ...(sizeBytes !== undefined && { sizeBytes }) };
}

export function advanceTransfer(transfer: Transfer, at: number, receivedBytes: number): void {
  const { samples } = transfer;
  transfer.receivedBytes = receivedBytes;
  const last = samples.at(-1);
  // Another try may begin from the start again.
  if (last !== undefined && receivedBytes < last.bytes) samples.length = 0;
  else if (last !== undefined && at - last.at < SAMPLE_MS) return;
  samples.push({ at, bytes: receivedBytes });
  while (samples.length > 2 && at - (samples[1] as { at: number }).at >= WINDOW_MS) samples.shift();
}

export function factsOf(transfers: Iterable<Transfer>, now: number): TransferFacts {
  let [receivedBytes, sizeBytes, bytesPerSecond, isSized] = [0, 0, 0, true];
  for (const transfer of transfers) {
    receivedBytes += transfer.receivedBytes;
    sizeBytes += transfer.sizeBytes ?? 0;
    isSized &&= transfer.sizeBytes !== undefined;
    bytesPerSecond += speedOf(transfer, now);
  }
  if (!isSized) return { receivedBytes, bytesPerSecond };
  const leftMs = bytesPerSecond > 0 ? (Math.max(0, sizeBytes - receivedBytes) / bytesPerSecond) * 1000 : undefined;
  return { receivedBytes, sizeBytes, bytesPerSecond, ...(leftMs !== undefined && { leftMs }) };
}

function speedOf({ samples, receivedBytes }: Transfer, now: number): number {
  const [first] = samples;
  if (first === undefined || now <= first.at) return 0;
  return ((receivedBytes - first.bytes) / (now - first.at)) * 1000;
}
