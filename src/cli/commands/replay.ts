// `galley replay <trace>`: a recorded run, told again as if it happened now, by the reporter that is chosen now. Needs no
// project, and does nothing of what it tells.
import path from 'node:path';
import type { Services } from '../../build/services.ts';
import { Failure } from '../../model/failure.ts';
import { caughtUp } from '../../system/caught-up.ts';
import type { Run } from '../answer.ts';
import { createPace, speedOf } from '../replay/pace.ts';
import { invalid, type RecordedLine, readRecording } from '../replay/recording.ts';

/** Ends well when all was shown, however the recorded run ended. */
export const run: Run = async (services, options, signal) => {
  const [name = ''] = options.args;
  const waitFor = createPace(services.clock, speedOf(options), signal);
  const recording = readRecording(open(name, services), name);
  let last = services.clock.now();
  for await (const line of recording.lines) {
    await waitFor(line.event.at);
    await caughtUp(services.isLagging, services.clock, signal);
    show(line, name, services);
    last = line.event.at;
  }
  const missing = recording.missing();
  if (missing !== undefined) {
    const text = `The recording has no end: ${missing}`;
    // At that time: a clock that jumps would show all that still runs as very old.
    const warning = { type: 'log.message', level: 'warn', text, at: last } as const;
    services.emit(warning);
  }
  return { status: 0 };
};

function open(name: string, { cwd, files, stdin }: Services): AsyncIterable<Uint8Array> {
  return name === '-' ? stdin() : files.readChunks(path.resolve(cwd, name));
}

/** What is told in a way that no galley tells it breaks a reporter, and is no fault of that. */
function show({ event, number }: RecordedLine, name: string, { emit }: Services): void {
  try {
    emit(event);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw invalid(name, `its "${event.type}" is not as galley writes it`, number);
  }
}
