// What is known of files because they were scanned while they were written: nobody has to read them again. Whoever fills
// it vouches that nothing else writes them.
import type { SyncWriter } from '../system/disk-sync.ts';
import { createScan, type FileScan, type ScanTarget } from './scan.ts';

export class ScannedFiles {
  readonly target: ScanTarget;
  readonly #scans = new Map<string, FileScan>();

  constructor(target: ScanTarget) {
    this.target = target;
  }

  /** Gets what is written to a file; known when it is closed. */
  open(path: string): SyncWriter {
    const scan = createScan(this.target);
    return {
      write: (bytes) => scan.update(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
      close: () => void this.#scans.set(path, scan.finish()),
    };
  }

  /** It was scanned elsewhere. */
  learn(path: string, scan: FileScan): void {
    this.#scans.set(path, scan);
  }

  all(): Map<string, FileScan> {
    return this.#scans;
  }

  /** The file is another one now. */
  forget(path: string): void {
    this.#scans.delete(path);
  }

  forgetAll(): void {
    this.#scans.clear();
  }

  find(path: string): FileScan | undefined {
    return this.#scans.get(path);
  }
}
