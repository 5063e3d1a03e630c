// A machine with other tools than this one has: a directory that takes the place of PATH, with scripts of the test that
// behave as a tool's manual says, and with nothing else but what a script of a recipe is made of.
import { accessSync, constants } from 'node:fs';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Project } from './project.ts';

const PLAIN = ['bash', 'sh', 'basename', 'cat', 'grep', 'rm', 'sleep', 'tee'];

/** Makes a PATH of these tools alone: name → text of an sh script. */
export async function createToolbox(project: Project, tools: Readonly<Record<string, string>>): Promise<string> {
  const dir = path.join(project.rootDir, 'toolbox');
  await mkdir(dir, { recursive: true });
  for (const name of PLAIN.filter((plain) => !Object.hasOwn(tools, plain)))
    await symlink(findTool(name) as string, path.join(dir, name));
  for (const [name, script] of Object.entries(tools)) {
    const file = path.join(dir, name);
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
  }
  return dir;
}

/** Where a tool of this machine is, if it has it. */
export function findTool(name: string): string | undefined {
  const files = (process.env.PATH ?? '').split(path.delimiter).map((dir) => path.join(dir, name));
  return files.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
