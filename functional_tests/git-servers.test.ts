// Git against the servers that companies run: OpenSSH with keys and an agent, and https with an authority and a login of
// its own. What is refused is told at once, with a hint, and nobody is ever asked.
import { execFile } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { makeCertificate } from './rig/certificate.ts';
import { assetOf, removeAll } from './rig/disk.ts';
import { galley, type RunOptions, succeed } from './rig/galley.ts';
import { startGitServer } from './rig/git-server.ts';
import { lockText } from './rig/lock.ts';
import { createProject, type Project } from './rig/project.ts';
import { createRepository, type Repository } from './rig/repository.ts';
import { type SshServer, startSshServer } from './rig/ssh-server.ts';

const TREE = 'test.tree@r1';
const run = promisify(execFile);

async function projectWith(files: Readonly<Record<string, string>>): Promise<{ project: Project; lib: Repository }> {
  const project = await createProject();
  const lib = createRepository(path.join(project.rootDir, 'repos/lib'));
  await lib.commit(files);
  return { project, lib };
}

async function want(project: Project, source: object): Promise<void> {
  await project.write({ [`recipes/${TREE}.js`]: `export const fetch = ${JSON.stringify(source)};` });
}

/** As another machine that has only what is checked in. */
async function syncAnew(project: Project, options?: RunOptions): Promise<unknown> {
  await removeAll(project.cacheDir);
  await succeed(project, 'sync', options);
  return await assetOf(project, TREE);
}

async function refusal(project: Project, options: RunOptions): Promise<string> {
  await removeAll(project.cacheDir);
  const { events, status } = await galley(project, 'sync', options);
  expect([status, events.codes()]).toEqual([3, ['FETCH_FAILED']]);
  return events.messages();
}

/** What a person has in ~/.ssh: OpenSSH finds that by the user and not by HOME, so it is named. */
async function configureSsh(project: Project, lines: Record<string, string>): Promise<Record<string, string>> {
  const file = path.join(project.rootDir, 'ssh-config');
  await writeFile(
    file,
    Object.entries(lines)
      .map((line) => `${line.join(' ')}\n`)
      .join(''),
  );
  return { GIT_SSH_COMMAND: `ssh -F ${file}` };
}

async function knownHosts(project: Project, text: string): Promise<{ UserKnownHostsFile: string }> {
  const file = path.join(project.rootDir, 'known-hosts');
  await writeFile(file, text);
  return { UserKnownHostsFile: file };
}

const STRICT = { GlobalKnownHostsFile: '/dev/null', IdentitiesOnly: 'yes', IdentityAgent: 'none' };

/** Would be called to ask a person, and would wait for an answer. */
async function withAskpass(project: Project): Promise<{ env: Record<string, string>; asked: string }> {
  const [program, asked] = [`${project.rootDir}/askpass`, `${project.rootDir}/asked`];
  await writeFile(program, `#!/bin/sh\necho "$@" >> '${asked}'; sleep 60\n`);
  await chmod(program, 0o755);
  return { asked, env: { SSH_ASKPASS: program, GIT_ASKPASS: program, DISPLAY: ':0', SSH_ASKPASS_REQUIRE: 'force' } };
}

test('ssh serves whoever has a key of his own, and a server whose key is known', async () => {
  const { project, lib } = await projectWith({ a: 'a' });
  const server = await startSshServer(project);
  const { keyFile: IdentityFile, knownHost } = server;
  const url = server.url(lib.dir);
  await want(project, { url, ref: 'main' });
  const known = await knownHosts(project, knownHost);
  const env = await configureSsh(project, { ...STRICT, ...known, IdentityFile });
  expect(await syncAnew(project, { env })).toEqual({ a: 'a' });
  expect(await lockText(project)).toContain(`"${url}#main"`);

  // A repository that is not there, and the same by the words of the person's own configuration: another ssh command,
  // another address for a place, and old names for it.
  await want(project, { url: server.url(`${lib.dir}-none`) });
  const missing = await galley(project, 'sync', { env });
  expect([missing.status, missing.events.codes()]).toEqual([1, ['SOURCE_NOT_FOUND']]);
  const place = server.url('').slice('git+'.length);
  await project.write({
    '../home/.gitconfig': `[core]\n\tsshCommand = ${env.GIT_SSH_COMMAND}\n[url "${place}${path.dirname(lib.dir)}/"]\n\tinsteadOf = https://git.example.test/\n`,
  });
  await want(project, { url: 'git+https://git.example.test/lib', ref: 'main' });
  expect(await syncAnew(project)).toEqual({ a: 'a' });
});

test('an agent has the key, and what its owner does not have is refused at once', async () => {
  const { project, lib } = await projectWith({ a: 'a' });
  const server = await startSshServer(project);
  await want(project, { url: server.url(lib.dir), ref: 'main' });
  const known = await knownHosts(project, server.knownHost);
  const { env: asking, asked } = await withAskpass(project);
  const wrong = await configureSsh(project, { ...STRICT, ...known, IdentityFile: await server.makeKey('other') });
  const told = await refusal(project, { env: { ...wrong, ...asking } });
  expect(told).toMatch(/the server wants to know who we are \(.*Permission denied \(publickey\)/);
  expect(told).toMatch(/a key in the ssh agent/);

  const SSH_AUTH_SOCK = await startAgent(project, server.keyFile);
  const plain = await configureSsh(project, { GlobalKnownHostsFile: '/dev/null', ...known, IdentityFile: '/dev/null' });
  expect(await refusal(project, { env: plain })).toContain('Permission denied');
  expect(await syncAnew(project, { env: { ...plain, SSH_AUTH_SOCK } })).toEqual({ a: 'a' });

  // A key that wants a passphrase, which nobody is there to type.
  await run('ssh-keygen', ['-q', '-p', '-N', 'sesame', '-P', '', '-f', server.keyFile]);
  const locked = await configureSsh(project, { ...STRICT, ...known, IdentityFile: server.keyFile });
  expect(await refusal(project, { env: { ...locked, ...asking } })).toContain('Permission denied');
  await expect(readFile(asked), 'nobody was asked').rejects.toThrow('ENOENT');
});

async function startAgent(project: Project, keyFile: string): Promise<string> {
  const socket = path.join(project.rootDir, 'agent');
  const { stdout } = await run('ssh-agent', ['-a', socket]);
  const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(stdout)?.[1]);
  onTestFinished(() => void process.kill(pid));
  await run('ssh-add', ['-q', keyFile], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  return socket;
}

test('a server whose key nobody knows, or that has another one now, is not spoken to', async () => {
  const { project, lib } = await projectWith({ a: 'a' });
  const server = await startSshServer(project);
  await want(project, { url: server.url(lib.dir), ref: 'main' });
  const { env: asking, asked } = await withAskpass(project);
  const config = async (hosts: string) => ({
    ...(await configureSsh(project, {
      ...STRICT,
      ...(await knownHosts(project, hosts)),
      IdentityFile: server.keyFile,
    })),
    ...asking,
  });
  const unknown = await refusal(project, { env: await config('') });
  expect(unknown).toMatch(/nobody on this machine knows the key of the server[\s\S]*ssh-keyscan/);
  const changed = await refusal(project, { env: await config(await otherHost(server)) });
  expect(changed).toMatch(/has another key than before[\s\S]*ssh-keyscan/);
  await expect(readFile(asked), 'nobody was asked').rejects.toThrow('ENOENT');
});

/** The server under a key that is not its own. */
async function otherHost({ knownHost, makeKey }: SshServer): Promise<string> {
  const other = await readFile(`${await makeKey('stranger')}.pub`, 'utf8');
  return `${knownHost.split(' ')[0]} ${other}`;
}

test('without a configuration of the person ssh gives up on a server that does not answer', async () => {
  const { project, lib } = await projectWith({ a: 'a' });
  await want(project, { url: `git+ssh://git@host.test${lib.dir}` });
  await project.write({ '../home/bin/ssh': '#!/bin/sh\necho "$@" >> "$HOME/ssh.log"; exit 255\n' });
  await chmod(path.join(project.homeDir, 'bin/ssh'), 0o755);
  const PATH = `${project.homeDir}/bin:${process.env.PATH}`;
  await galley(project, 'sync', { env: { PATH } });
  expect(await readFile(`${project.homeDir}/ssh.log`, 'utf8')).toMatch(
    /BatchMode=yes .*ConnectTimeout=30 .*ServerAlive/,
  );
});

test('https wants an authority that is known, and a login that stays secret', async () => {
  const { project, lib } = await projectWith({ a: 'a' });
  const certificate = await makeCertificate(project);
  const { url, asked } = await startGitServer(path.dirname(lib.dir), { certificate, login: 'me:sesame' });
  await want(project, { url: url('lib'), ref: 'main' });
  const { env: asking, asked: prompts } = await withAskpass(project);
  expect(await refusal(project, { env: asking })).toMatch(/its certificate is not to be trusted[\s\S]*SSL_CERT_FILE/);
  expect(asked, 'nothing was said to a server that is not trusted').toEqual([]);
  const trusting = { SSL_CERT_FILE: certificate.file, ...asking };
  expect(await refusal(project, { env: trusting })).toMatch(/wants to know who we are[\s\S]*credential helper/);

  // The helper of git that keeps passwords in a file, and the authority in the configuration of git.
  const { host } = new URL(url('lib').slice('git+'.length));
  await project.write({
    '../home/.gitconfig': '[credential]\n\thelper = store\n',
    '../home/.git-credentials': `https://me:sesame@${host}\n`,
  });
  expect(await syncAnew(project, { env: trusting })).toEqual({ a: 'a' });
  const config = `[http]\n\tsslCAInfo = ${certificate.file}\n[credential]\n\thelper = store\n`;
  await project.write({ '../home/.gitconfig': config });
  // What the person has told git counts before what is told to everybody.
  expect(await syncAnew(project, { env: { SSL_CERT_FILE: '/dev/null' } })).toEqual({ a: 'a' });

  // And a login in the address itself.
  await project.write({ '../home/.gitconfig': '' });
  await want(project, { url: url('lib').replace('//', '//me:sesame@'), ref: 'main' });
  await removeAll(project.cacheDir);
  const trace = path.join(project.rootDir, 'trace.jsonl');
  await succeed(project, `sync --trace ${trace}`, { env: { SSL_CERT_FILE: certificate.file } });
  const told = (await readFile(trace, 'utf8')) + (await lockText(project));
  expect(told).not.toMatch(/sesame|bWU6c2VzYW1l/);
  await expect(readFile(prompts), 'nobody was asked').rejects.toThrow('ENOENT');
});

test('a tag that is moved changes nothing for who has locked its commit', async () => {
  const { project, lib } = await projectWith({ a: 'old' });
  lib.git('tag', 'v1');
  const { url } = await startGitServer(path.dirname(lib.dir));
  await want(project, { url: url('lib'), ref: 'v1' });
  expect(await syncAnew(project)).toEqual({ a: 'old' });
  await lib.commit({ a: 'new' });
  lib.git('tag', '--force', 'v1');
  expect(await syncAnew(project)).toEqual({ a: 'old' });
});

test('files that only Git LFS could bring are told', async () => {
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 7\n';
  const { project, lib } = await projectWith({
    'big/a.bin': pointer,
    'big/b.bin': pointer,
    text: `${pointer} `.repeat(20),
  });
  await want(project, { url: lib.url, ref: 'main' });
  const { events } = await succeed(project, 'sync');
  expect(events.of('log.message').map(({ level, text }) => `${level} ${text}`)).toEqual([
    expect.stringMatching(/^warn "big\/a\.bin" and 1 more in ".*" only name files of Git LFS, which are not fetched$/),
  ]);
});
