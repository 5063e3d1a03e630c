// What is going on right now, as one line that long work is entitled to. Only remembers; who asks decides when.
import { formatDuration } from '../model/amount.ts';
import type { Event } from '../model/event.ts';

/** More names than this make the line unreadable. */
const MOST_NAMED = 3;

interface Activity {
  what: string;
  since: number;
}

export interface Progress {
  see(event: Event): void;
  /** `3 of 12 packages done; arm.gcc@r2 build 65.0 s`, without packages `https://… fetch 40 % 9.0 s`, or undefined when nothing runs. */
  format(now: number): string | undefined;
}

export function createProgress(): Progress {
  const known = new Set<string>();
  const running = new Map<string, Activity>();
  const done = new Set<string>();

  return {
    see(event) {
      switch (event.type) {
        case 'recipe.loaded':
          known.add(event.package);
          break;
        case 'phase.started':
          running.set(event.package, { what: event.phase, since: event.at });
          break;
        case 'test.started':
          running.set(event.package, { what: 'test', since: event.at });
          break;
        case 'phase.finished':
        case 'phase.failed':
        case 'test.finished':
          running.delete(event.package);
          break;
        // A download that is for no package goes by its address.
        case 'fetch.started':
          if (event.package === undefined) running.set(event.url, { what: 'fetch', since: event.at });
          break;
        case 'fetch.progress': {
          const activity = running.get(event.package ?? event.url);
          if (activity && event.sizeBytes) activity.what = `fetch ${percent(event.receivedBytes, event.sizeBytes)}`;
          break;
        }
        case 'fetch.finished':
          if (event.package === undefined) running.delete(event.url);
          break;
        case 'package.finished':
          known.add(event.package);
          running.delete(event.package);
          done.add(event.package);
          break;
        case 'package.reopened':
          done.delete(event.package);
      }
    },
    format(now) {
      if (running.size === 0) return undefined;
      // A map keeps the order of insertion, so the longest-running come first.
      const named = [...running]
        .slice(0, MOST_NAMED)
        .map(([name, { what, since }]) => `${name} ${what} ${formatDuration(now - since)}`);
      const others = running.size > MOST_NAMED ? [`${running.size - MOST_NAMED} more`] : [];
      const ahead = known.size > 0 ? [`${done.size} of ${known.size} packages done`] : [];
      return [...ahead, [...named, ...others].join(', ')].join('; ');
    },
  };
}

function percent(part: number, whole: number): string {
  return `${Math.min(100, Math.floor((100 * part) / whole))} %`;
}
