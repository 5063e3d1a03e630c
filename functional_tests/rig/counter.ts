// Counts executions in a file outside of Galley: what a run says of itself is no proof of what it did.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Project } from './project.ts';

export interface Counter {
  /** Shell text that notes one execution. */
  note(name: string): string;
  /** The names in the order in which they were noted. */
  order(): Promise<string[]>;
  count(name: string): Promise<number>;
}

export function createCounter({ rootDir }: Pick<Project, 'rootDir'>): Counter {
  const file = path.join(rootDir, 'counted');
  const order = async (): Promise<string[]> => {
    const text = await readFile(file, 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line !== '');
  };
  return {
    // Short lines in append mode are whole, however many processes write.
    note: (name) => `echo '${name}' >> '${file}'`,
    order,
    count: async (name) => (await order()).filter((line) => line === name).length,
  };
}
