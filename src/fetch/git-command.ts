// Runs the git of this machine, as the person has configured it: their mirrors (`url.….insteadOf`), credential helpers,
// proxies and ssh agent count. What could ask a question, run somebody's code, or reach beyond the repository does not.
import path from 'node:path';
import { Failure, isFailure } from '../model/failure.ts';
import type { Clock } from '../system/clock.ts';
import { runProgram } from '../system/program.ts';
import { gitFailure } from './git-failure.ts';

export interface GitCall {
  /** For messages, without credentials. */
  url: string;
  /** An existing directory. */
  dir: string;
  /** The directory is the repository; otherwise git is to find none, be it that of the project around us. */
  inRepository?: boolean;
  /** For the server of this address. Secrets. */
  login?: { origin: string; header: string } | undefined;
  stdin?: string;
  signal: AbortSignal;
  onComplaint?(text: string): void;
}

export interface Git {
  /** What a command prints, as it comes. */
  stream(args: readonly string[], call: GitCall): AsyncIterable<Buffer>;
  /** All that a command prints. */
  text(args: readonly string[], call: GitCall): Promise<string>;
}

/** The references of the largest repositories take some 20 MB; beyond this somebody is filling our memory. */
const MOST_BYTES = 256 * 1024 * 1024;

/** No hooks, no housekeeping that goes on behind our back, no submodules but by our own hand. */
const CONFIG = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'fetch.recurseSubmodules=false',
  'fetch.writeCommitGraph=false',
].flatMap((setting) => ['-c', setting]);

/** Where git is at work when a hook calls us: its repository is not ours. Tracing would print credentials. */
const OF_OTHERS =
  /^GIT_(?:DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|NAMESPACE|PREFIX|GRAFT_FILE|SHALLOW_FILE|REPLACE_REF_BASE|CEILING_DIRECTORIES|DEFAULT_HASH|TEMPLATE_DIR|TRACE.*|CURL_VERBOSE)$/;

export function createGit(options: { env: Readonly<Record<string, string | undefined>>; clock: Clock }): Git {
  const env = environmentOf(options.env);
  let reading: Promise<Record<string, string>> | undefined;

  /** What git is given where the person has configured nothing else: asked once, when the network is first needed. */
  const unlessConfigured = (call: GitCall) => (reading ??= readConfig(call).then((config) => defaultsFor(config, env)));

  async function readConfig(call: GitCall): Promise<string> {
    const args = [
      'config',
      '--name-only',
      '--get-regexp',
      String.raw`^(core\.sshcommand|http\.(.*\.)?sslca(info|path))$`,
    ];
    const { url, dir, signal } = call;
    // Nothing found is a failure to git, too.
    return await text(args, { url, dir, signal }).catch(() => '');
  }

  async function* stream(args: readonly string[], call: GitCall): AsyncGenerator<Buffer> {
    const { dir: cwd, url, inRepository, login, ...how } = call;
    // Said outright: where bare repositories are distrusted (safe.bareRepository), git would not find it by itself.
    const argv = ['git', ...(inRepository ? ['--git-dir=.'] : []), ...CONFIG, ...args];
    const explain = ({ complaint }: { complaint: string }) => gitFailure(url, complaint);
    const asksNetwork = args[0] === 'fetch' || args[0] === 'ls-remote';
    const where = {
      GIT_CEILING_DIRECTORIES: path.dirname(cwd),
      ...(asksNetwork && (await unlessConfigured(call))),
      ...(login && loginConfig(login, env)),
    };
    try {
      yield* runProgram({ ...how, cwd, env: { ...env, ...where }, argv, explain }, options.clock);
    } catch (error) {
      throw isFailure(error, 'COMMAND_NOT_FOUND') ? missing(error) : error;
    }
  }

  async function text(args: readonly string[], call: GitCall): Promise<string> {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    for await (const chunk of stream(args, call)) {
      sizeBytes += chunk.length;
      if (sizeBytes > MOST_BYTES) throw gitFailure(call.url, 'fatal: the answer is larger than 256 MiB');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString();
  }

  return { stream, text };
}

/** A server that does not answer ends as it does over http; ssh by itself would wait for two minutes, or for ever. */
const PATIENT_SSH = 'ssh -o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=15 -o ServerAliveCountMax=4';

/** @param configured names of what the configuration of git says of ssh and of authorities, in lines */
function defaultsFor(configured: string, env: Record<string, string>): Record<string, string> {
  const hasSsh = configured.includes('core.sshcommand') || env.GIT_SSH_COMMAND || env.GIT_SSH;
  // What curl and everything else here reads; the libcurl of git does not.
  const { SSL_CERT_FILE: file, SSL_CERT_DIR: dir } = env;
  const hasAuthorities = configured.includes('http.') || env.GIT_SSL_CAINFO || env.GIT_SSL_CAPATH;
  return {
    ...(!hasSsh && { GIT_SSH_COMMAND: PATIENT_SSH }),
    ...(!hasAuthorities && file && { GIT_SSL_CAINFO: file }),
    ...(!hasAuthorities && dir && { GIT_SSL_CAPATH: dir }),
  };
}

function environmentOf(given: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept = Object.entries(given).filter(([name, value]) => value !== undefined && !OF_OTHERS.test(name));
  return {
    // A server that sends nothing for a minute will send nothing at all.
    GIT_HTTP_LOW_SPEED_LIMIT: '1',
    GIT_HTTP_LOW_SPEED_TIME: '60',
    // No `ext::`, whoever names it: that transport is a command. `file` is kept from those who must not (git-source).
    GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
    ...(Object.fromEntries(kept) as Record<string, string>),
    // Nobody is there to answer: git runs in a session without a terminal, where ssh has nobody to ask either, and no
    // window is opened to ask in.
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    SSH_ASKPASS_REQUIRE: 'never',
    GIT_NO_REPLACE_OBJECTS: '1',
    // Its words tell what went wrong, and we read them.
    LC_ALL: 'C',
    LANGUAGE: 'C',
  };
}

/** In the environment, after what others have put there: the arguments of a program are for all to see. */
function loginConfig({ origin, header }: NonNullable<GitCall['login']>, env: Record<string, string>) {
  const count = Number(env.GIT_CONFIG_COUNT ?? 0);
  return {
    GIT_CONFIG_COUNT: `${count + 1}`,
    [`GIT_CONFIG_KEY_${count}`]: `http.${origin}/.extraHeader`,
    [`GIT_CONFIG_VALUE_${count}`]: `Authorization: ${header}`,
  };
}

function missing(cause: Failure): Failure {
  return new Failure('COMMAND_NOT_FOUND', 'Cannot fetch from git repositories: there is no "git" on PATH', {
    hint: 'Install git',
    cause,
  });
}
