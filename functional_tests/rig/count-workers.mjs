// Preloaded into galley by workers.ts: notes every thread that is started, and starts it all the same. Not TypeScript, as
// stripping the types would cost each of many runs more than the run itself.
import { appendFileSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';

const threads = createRequire(import.meta.url)('node:worker_threads');

if (threads.isMainThread) {
  threads.Worker = class extends threads.Worker {
    constructor(...args) {
      appendFileSync(process.env.COUNT_WORKERS_IN, 'worker\n');
      super(...args);
    }
  };
  // Without this, only `require` would see the other class.
  syncBuiltinESMExports();
}
