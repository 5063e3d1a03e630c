// Text for people without drawing: one line per outcome as it happens, failures grouped at the end. What a log file
// keeps is what was seen.
import type { Code } from '../model/codes.ts';
import { createCriticalPath, formatCriticalPath } from './critical-path.ts';
import { createFailures } from './failures.ts';
import { problemAlone, renderProblem } from './render.ts';
import { isFull, type Reporter } from './reporter.ts';
import { formatSummary } from './summary.ts';
import { createTeller, type TellerOptions } from './teller.ts';

export function createPlainReporter(options: TellerOptions): Reporter {
  const { paint, quiet, interactive } = options;
  const failures = createFailures();
  const critical = createCriticalPath();
  const teller = createTeller(options);
  let told: Code | undefined;

  return {
    report(event) {
      failures.see(event);
      critical.see(event);
      if (event.type === 'problem.found' && !failures.tells(event.error)) {
        told ??= event.error.code;
        teller.say(renderProblem(problemAlone(event.error), paint));
      }
      teller.tell(event);
      if (event.type !== 'run.finished') return;
      const chapter = failures.format(paint);
      if (chapter !== undefined) teller.say(`\n${chapter}\n`);
      if (quiet) return;
      teller.say(formatSummary(event));
      // Who has a failure to look at has no thought for speed.
      if (event.outcome === 'ok') teller.say(formatCriticalPath(critical.steps(), event.durationMs));
      // A log has no reader who could ask back.
      const code = failures.list()[0]?.errors[0]?.code ?? told;
      if (interactive && code !== undefined) teller.say(paint.faint(`galley help ${code} tells more about a code`));
    },
    isLagging: () => isFull(options.sink),
    close: async () => teller[Symbol.dispose](),
  };
}
