// What `galley doctor` has to say about one thing.
import type { FailureFacts } from '../../model/event.ts';
import { describeError } from '../../model/facts.ts';

export interface Finding {
  area: 'program' | 'settings' | 'cache' | 'project' | 'tools' | 'network';
  name: string;
  level: 'ok' | 'warn' | 'error';
  value: string;
  /** What the reader can do about it. */
  advice?: string;
}

export type Area = Finding['area'];

/** A finding of an area; with advice it is a warning, unless it is said to be worse. */
export function findingsOf(area: Area) {
  return (name: string, value: string, advice?: string, level?: Finding['level']): Finding => ({
    area,
    name,
    level: level ?? (advice === undefined ? 'ok' : 'warn'),
    value,
    ...(advice === undefined ? {} : { advice }),
  });
}

/** Every problem that an error stands for. */
export function problemsOf(area: Area, name: string, error: unknown): Finding[] {
  return describeError(error).map(({ code, message, hint, location }: FailureFacts) => ({
    area,
    name,
    level: 'error',
    value: `${location ? `${location.file}:${location.line}: ` : ''}${message} (${code})`,
    ...(hint === undefined ? {} : { advice: hint }),
  }));
}
