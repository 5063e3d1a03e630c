// Preloaded into galley by workers.ts: notes every thread that is started, and starts it all the same.
import { appendFileSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';

const threads = createRequire(import.meta.url)('node:worker_threads') as typeof import('node:worker_threads');

/** Set by workers.ts. */
const file = process.env.COUNT_WORKERS_IN as string;

if (threads.isMainThread) {
  threads.Worker = class extends threads.Worker {
    constructor(...args: ConstructorParameters<typeof threads.Worker>) {
      appendFileSync(file, 'worker\n');
      super(...args);
    }
  };
  // Without this, only `require` would see the other class.
  syncBuiltinESMExports();
}
