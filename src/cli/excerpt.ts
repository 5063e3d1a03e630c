// Adds the line of source to events that name a place in one. Done where events leave the program, so that whoever reads
// the stream, here or elsewhere and later, needs no file.
import type { EventBody, FailureFacts } from '../model/event.ts';
import { maskSource } from '../model/redact.ts';
import { findTextSync } from '../system/stamp.ts';

export function withExcerpt(event: EventBody): EventBody {
  return 'error' in event && event.error ? { ...event, error: excerptAdded(event.error) } : event;
}

/** A file that cannot be read any more is no second problem. */
function excerptAdded(error: FailureFacts): FailureFacts {
  const text = error.location && findTextSync(error.location.file);
  const excerpt = text?.split(/\r\n|[\n\r\u2028\u2029]/)[(error.location?.line ?? 0) - 1];
  return excerpt === undefined ? error : { ...error, excerpt: maskSource(excerpt) };
}
