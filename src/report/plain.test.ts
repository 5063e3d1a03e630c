import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Event } from '../model/event.ts';
import { expectGolden } from '../testing/golden.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { createPaint } from './paint.ts';
import { createPlainReporter } from './plain.ts';

const DATA = new URL('../../test_data/report/', import.meta.url).pathname;
const STREAMS = readdirSync(DATA).filter((name) => name.endsWith('.ndjson'));

const WAYS = {
  plain: { quiet: false, verbose: false },
  quiet: { quiet: true, verbose: false },
  verbose: { quiet: false, verbose: true },
};

function readStream(name: string): Event[] {
  const lines = readFileSync(DATA + name, 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as Event);
}

async function tell(events: Event[], options: { quiet: boolean; verbose: boolean }): Promise<string> {
  const clock = createManualClock();
  let text = '';
  const sink = { write: (part: string) => (text += part) };
  const reporter = createPlainReporter({ sink, paint: createPaint(false), clock, interactive: true, ...options });
  for (const event of events) {
    await clock.advance(Math.max(0, event.at - clock.now()));
    reporter.report(event);
  }
  await reporter.close();
  return text;
}

for (const stream of STREAMS) {
  for (const [way, options] of Object.entries(WAYS)) {
    test(`plain reporter tells ${stream} as expected when ${way}`, async () => {
      const golden = `${DATA}${stream.replace('.ndjson', '')}.${way}.txt`;
      expectGolden(golden, await tell(readStream(stream), options));
    });
  }
}

test('plain reporter says nothing of packages that are cached when it is quiet', async () => {
  const cached: Event = { type: 'package.finished', at: 1, package: 'acme.zlib@r1', outcome: 'cached', durationMs: 0 };
  expect(await tell([cached], WAYS.quiet)).toBe('');
});
