// OpenSSH's own server on a free port of this machine, for one test: with a host key and one client key that are made for
// it, which may log in as whoever runs the test.
import { execFile, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { userInfo } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import type { Project } from './project.ts';
import { findTool } from './toolbox.ts';

const run = promisify(execFile);

export interface SshServer {
  /** What a recipe writes for a repository at an absolute path. */
  url(path: string): string;
  /** The private key that may log in. */
  keyFile: string;
  /** What a client has to know of the server: a line of known_hosts. */
  knownHost: string;
  /** A private key that nobody knows. */
  makeKey(name: string): Promise<string>;
}

/** Where it is on Debian and on macOS; not on everybody's PATH. */
const SSHD = findTool('sshd') ?? '/usr/sbin/sshd';

export async function startSshServer({ rootDir }: Project): Promise<SshServer> {
  const dir = path.join(rootDir, 'sshd');
  await mkdir(dir, { mode: 0o700 });
  const makeKey = async (name: string): Promise<string> => {
    const file = path.join(dir, name);
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file]);
    return file;
  };
  const [hostKey, keyFile] = [await makeKey('host'), await makeKey('client')];
  const port = await findPort();
  const config = {
    ...{
      Port: port,
      ListenAddress: '127.0.0.1',
      HostKey: hostKey,
      PidFile: 'none',
      AuthorizedKeysFile: `${keyFile}.pub`,
    },
    // The keys lie below a directory that others may write to.
    ...{ StrictModes: 'no', UsePAM: 'no', PasswordAuthentication: 'no', KbdInteractiveAuthentication: 'no' },
    ...{ PermitRootLogin: 'prohibit-password', LogLevel: 'INFO' },
  };
  const file = path.join(dir, 'config');
  await writeFile(
    file,
    Object.entries(config)
      .map((line) => `${line.join(' ')}\n`)
      .join(''),
  );
  // What an installed service has its directory made for at boot.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const child = spawn(SSHD, ['-D', '-e', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  onTestFinished(() => void child.kill());
  await untilListening(child);
  const [, type, key] = /^(\S+) (\S+)/.exec(await readFile(`${hostKey}.pub`, 'utf8')) ?? [];
  return {
    url: (name) => `git+ssh://${userInfo().username}@127.0.0.1:${port}${name}`,
    knownHost: `[127.0.0.1]:${port} ${type} ${key}\n`,
    keyFile,
    makeKey,
  };
}

/** Free a moment ago: sshd cannot be told to take any. */
async function findPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilListening(child: ReturnType<typeof spawn>): Promise<void> {
  const told: string[] = [];
  const lines = createInterface({ input: child.stderr as NodeJS.ReadableStream });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`sshd ended: ${told.join('\n')}`)));
    lines.on('line', (line) => {
      told.push(line);
      if (line.startsWith('Server listening')) resolve();
    });
  });
}
