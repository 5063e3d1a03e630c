#!/usr/bin/env node
// The program people call. An old Node gets one clear line instead of a syntax error from deep inside, and a sync with
// nothing to do gets its answer before the rest of the program is loaded.
import { answerQuickly } from './cli/quick.ts';
import { VERSION } from './version.ts';

const OLDEST_NODE = 24;

const { argv, env, versions, execPath, stderr } = process;
if (Number(versions.node.split('.')[0]) < OLDEST_NODE) {
  stderr.write(`galley needs Node ${OLDEST_NODE} or newer, this is ${versions.node} (${execPath})\n`);
  process.exitCode = 3;
} else {
  const text = answerQuickly({ argv: argv.slice(2), cwd: process.cwd(), env, version: VERSION });
  if (text === undefined) await (await import('./main.ts')).main();
  else stderr.write(text);
}
