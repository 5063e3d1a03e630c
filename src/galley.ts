#!/usr/bin/env node
// The program people call. An old Node gets one clear line instead of a syntax error from deep inside, so nothing newer
// than top-level await may be touched before the version is known.
const OLDEST_NODE = 24;

const version = process.versions.node;
if (Number(version.split('.')[0]) < OLDEST_NODE) {
  process.stderr.write(`galley needs Node ${OLDEST_NODE} or newer, this is ${version} (${process.execPath})\n`);
  process.exitCode = 3;
} else {
  const { main } = await import('./main.ts');
  await main();
}
