// Real git repositories for tests, made by the git of this machine without anything of the person who runs the tests.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateSync } from 'node:zlib';

export interface Repository {
  dir: string;
  /** What a recipe writes for it. */
  url: string;
  git(...args: string[]): string;
  /** Writes files (an executable one begins with `#!`, `-> x` is a link), and answers the commit that adds them. */
  commit(files: Readonly<Record<string, string>>): Promise<string>;
  /** Writes an object that git itself would refuse to make, and answers its name. */
  write(type: 'blob' | 'tree', content: Buffer): string;
}

const ENV = {
  PATH: process.env.PATH ?? '',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.com',
};

export function createRepository(dir: string): Repository {
  mkdirSync(dir, { recursive: true });
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], {
      cwd: dir,
      env: ENV,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  git('init', '--quiet', '--initial-branch=main');
  return {
    ...{ dir, url: `git+file://${dir}`, git },
    write(type, content) {
      const object = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]);
      const name = createHash('sha1').update(object).digest('hex');
      const file = path.join(dir, '.git/objects', name.slice(0, 2), name.slice(2));
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, deflateSync(object));
      return name;
    },
    async commit(files) {
      for (const [name, text] of Object.entries(files)) {
        const file = path.join(dir, name);
        await mkdir(path.dirname(file), { recursive: true });
        if (text.startsWith('-> ')) await symlink(text.slice(3), file);
        else await writeFile(file, text);
        if (text.startsWith('#!')) await chmod(file, 0o755);
      }
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '--message=more');
      return git('rev-parse', 'HEAD');
    },
  };
}
