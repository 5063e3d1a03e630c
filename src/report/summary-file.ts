// Reports of the whole run, written when it is over: whatever reads one finds all of it or none.
import { formatJUnit } from './junit.ts';
import { Recorder, type RunRecord } from './record.ts';
import type { Reporter } from './reporter.ts';
import { formatJsonSummary } from './summary-json.ts';

/** Ending of a file's name → what is in it. */
const FORMATS: Readonly<Record<string, (run: RunRecord) => string>> = {
  '.json': formatJsonSummary,
  '.xml': formatJUnit,
};

/** @param write puts a text in the place of a file, whole */
export function createSummaryReporter(
  files: readonly string[],
  write: (file: string, text: string) => Promise<void>,
): Reporter {
  const recorder = new Recorder();
  return {
    report: (event) => recorder.see(event),
    async close() {
      const run = recorder.record();
      await Promise.all(files.map((file) => write(file, formatOf(file)(run))));
    },
  };
}

function formatOf(file: string): (run: RunRecord) => string {
  const format = FORMATS[file.slice(file.lastIndexOf('.'))];
  if (!format) throw new Error(`The settings let "${file}" pass, which is no summary`);
  return format;
}
