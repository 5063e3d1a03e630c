// Places a file that lies outside the cache. Nobody has said what it has to be: what it is now counts.
import type { OutputSource } from '../model/output.ts';
import type { OutputStrategy } from './strategy.ts';

type ProjectSource = Extract<OutputSource, { kind: 'project' }>;

export const projectStrategy: OutputStrategy<ProjectSource> = {
  name: 'project',
  priority: 80,
  canHandle: (source): source is ProjectSource => source.kind === 'project',
  supply: ({ file }) => ({ from: file }),
};
