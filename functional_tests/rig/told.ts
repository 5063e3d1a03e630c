// What a person reads of one failure, kept in test_data/told for the page of its code. For failures that need more than
// files to come about: those that files bring about are in test_data/bad.
import path from 'node:path';
import type { Code } from '../../src/model/codes.ts';
import { createPaint } from '../../src/report/paint.ts';
import { problemAlone, renderProblem } from '../../src/report/render.ts';
import { expectGolden } from '../../src/testing/golden.ts';
import { neutral } from './account.ts';
import type { Finished } from './galley.ts';
import type { Project } from './project.ts';

const RIG = import.meta.dirname;
const TOLD = path.resolve(import.meta.dirname, '../../test_data/told');

/** @param args what the run was asked, as a person would type it */
export function expectTold(code: Code, { events }: Pick<Finished, 'events'>, project: Project, args: string): void {
  const error = events.problems().find((problem) => problem.code === code);
  if (error === undefined) throw new Error(`No ${code} was told, but ${events.codes().join(', ')}`);
  // A script of the rig names the machine it is on.
  const { excerpt = RIG, ...rest } = error;
  const told = problemAlone(excerpt.includes(RIG) ? rest : error);
  expectText(code, renderProblem(told, createPaint(false)), project, args);
}

/** The same, where the text is at hand. */
export function expectText(code: Code, text: string, project: Project, args: string): void {
  const told = neutral(text, project)
    .replaceAll(project.rootDir, '<home>')
    .replace(/127\.0\.0\.1:\d+/g, 'registry.example.com')
    .replace(/\b(process|pid) \d+/g, '$1 <pid>')
    .replace(/ed25519:[\w+/=]+/g, 'ed25519:<key>')
    .replace(/\d+ are available/g, '<size> are available')
    .replace(/Free [\d.]+ \w+/g, 'Free <size>')
    .replace(/\d+(\.\d+)? m?s\b/g, '<time>')
    .replace(/\.[0-9a-f]{12}\.tmp/g, '.<scratch>.tmp')
    .replace(/(\n +at .*)+/g, '\n    at <the stack>');
  expectGolden(path.join(TOLD, `${code}.txt`), `$ galley ${args}\n${told}\n`);
}
