// One way to a package as text: each step further in, with how it is needed and where that is written.
import path from 'node:path';
import { formatLocation, type Location } from '../../model/location.ts';
import { formatColumns } from '../columns.ts';
import type { Twigs } from './tree.ts';

export interface Step {
  /** Of the package that it leads to. */
  name: string;
  words: string;
  place: Location | undefined;
}

/** @param cwd places below it are shown from there, as a person would open them */
export function formatWay(steps: readonly Step[], { last, belowLast }: Twigs, cwd: string): string {
  const rows = steps.map(({ name, words, place }, depth) => {
    const indent = depth === 0 ? '' : `${belowLast.repeat(depth - 1)}${last}`;
    return [`${indent}${name}`, words, place === undefined ? '' : placeIn(place, cwd)];
  });
  return formatColumns(rows);
}

function placeIn(place: Location, cwd: string): string {
  const relative = path.relative(cwd, place.file);
  return formatLocation(relative.startsWith('..') ? place : { ...place, file: relative });
}
