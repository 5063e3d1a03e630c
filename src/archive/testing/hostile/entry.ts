// What stands in a hostile archive, whatever its format.
import type { HostileCase } from './case.ts';

export interface Entry {
  kind: 'file' | 'dir' | 'link' | 'pipe' | 'device' | 'socket';
  name: string;
  target?: string;
  content?: string;
  mode?: number;
}

export const file = (name: string, content = 'x', mode = 0o644): Entry => ({ kind: 'file', name, content, mode });
export const dir = (name: string): Entry => ({ kind: 'dir', name });
export const link = (name: string, target: string): Entry => ({ kind: 'link', name, target });
export const node = (kind: 'pipe' | 'device' | 'socket', name: string): Entry => ({ kind, name });

export type EntryRow = [
  name: string,
  cves: string[],
  entries: (outsideDir: string) => Entry[],
  becomes: HostileCase['becomes'],
  more?: { limits?: HostileCase['limits'] /** Where not all can say it. */; formats?: string[] },
];
