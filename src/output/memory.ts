// Places what has no name: a file that was opened while it was there, or bytes that were made for the purpose.
import type { OutputSource } from '../model/output.ts';
import type { OutputStrategy } from './strategy.ts';

type MemorySource = Extract<OutputSource, { kind: 'memory' }>;

export const memoryStrategy: OutputStrategy<MemorySource> = {
  name: 'memory',
  priority: 10,
  canHandle: (source): source is MemorySource => source.kind === 'memory',
  supply: ({ content, sha256 }) => ({ load: content, ...(sha256 && { sha256 }) }),
};
