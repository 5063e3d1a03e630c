// `galley run <command>`: a program with the products of the project first on PATH.
import type { Run } from '../answer.ts';
import { becomeInProject } from '../become.ts';

export const run: Run = (services, { settings, args }) => becomeInProject(services, settings, args);
