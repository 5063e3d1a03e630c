#!/usr/bin/env node
// The program people call. An old Node gets one clear line instead of a syntax error from deep inside, and a sync with
// nothing to do, and a shell that completes a command line, get their answers before the rest of the program is loaded.
import { answerQuickly } from './cli/quick.ts';
import { VERSION } from './version.ts';

const OLDEST_NODE = 24;

const { argv, env, versions, execPath, stdout, stderr } = process;
const cwd = findCwd();
if (Number(versions.node.split('.')[0]) < OLDEST_NODE) {
  refuse(`galley needs Node ${OLDEST_NODE} or newer, this is ${versions.node} (${execPath})`);
} else if (cwd === undefined) {
  refuse('galley cannot work here: the working directory has been removed');
} else if (argv[2] === '__complete') {
  const { answerCompletion } = await import('./cli/complete/answer.ts');
  stdout.write(answerCompletion(argv.slice(3), { cwd, env }));
} else {
  const text = answerQuickly({ argv: argv.slice(2), cwd, env, version: VERSION });
  if (text === undefined) await (await import('./main.ts')).main();
  else stderr.write(text);
}

function refuse(reason: string): void {
  stderr.write(`${reason}\n`);
  process.exitCode = 3;
}

/** Another process may have removed it. */
function findCwd(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}
