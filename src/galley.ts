#!/usr/bin/env node
// The program people call. An old Node gets one clear line instead of a syntax error from deep inside, and a sync with
// nothing to do, and a shell that completes a command line, get their answers before the rest of the program is loaded.
import { answerQuickly } from './cli/quick.ts';
import { tell } from './system/tell.ts';
import { VERSION } from './version.ts';

const OLDEST_NODE = 24;

void start(process);

async function start({ argv, env, versions, execPath }: NodeJS.Process): Promise<void> {
  const cwd = findCwd();
  if (Number(versions.node.split('.')[0]) < OLDEST_NODE)
    return refuse(`galley needs Node ${OLDEST_NODE} or newer, this is ${versions.node} (${execPath})`);
  if (cwd === undefined) return refuse('galley cannot work here: the working directory has been removed');
  if (argv[2] === '__complete') {
    const { answerCompletion } = await import('./cli/complete/answer.ts');
    process.stdout.write(answerCompletion(argv.slice(3), { cwd, env }));
    return;
  }
  const text = answerQuickly({ argv: argv.slice(2), cwd, env, version: VERSION });
  if (text === undefined) return (await import('./main.ts')).main();
  tell(text);
}

function refuse(reason: string): void {
  tell(`${reason}\n`);
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
