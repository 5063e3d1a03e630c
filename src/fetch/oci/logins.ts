// Who we are to an OCI registry: what `docker login`, `podman login` and `oras login` have left, in files or with a
// program that keeps secrets.
import path from 'node:path';
import { Failure } from '../../model/failure.ts';
import { isJsonObject, type Json } from '../../model/json.ts';
import { askProgram } from '../program-text.ts';
import type { TransportTools } from '../transport.ts';
import type { OciRepository } from './reference.ts';

/** Secrets. */
export type Login = { user: string; password: string } | { identityToken: string };

export type LoginTools = Pick<TransportTools, 'files' | 'clock' | 'env'>;

/** Undefined for somebody who has not logged in there. */
export async function findLogin(
  repository: OciRepository,
  tools: LoginTools,
  signal: AbortSignal,
): Promise<Login | undefined> {
  for (const file of configFiles(tools.env)) {
    const text = await tools.files.findText(file);
    if (text === undefined) continue;
    const config = parseConfig(text, file);
    const found = (await askHelper(config, repository, { tools, signal })) ?? storedLogin(config, repository);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** As the containers tools look for them (containers-auth.json(5)); the file that is named takes the place of all. */
function configFiles(env: LoginTools['env']): string[] {
  const { REGISTRY_AUTH_FILE: named, XDG_RUNTIME_DIR: runtime, HOME: home } = env;
  if (named) return [named];
  const config = env.XDG_CONFIG_HOME || (home && path.join(home, '.config'));
  const docker = env.DOCKER_CONFIG || (home && path.join(home, '.docker'));
  return [
    ...(runtime ? [path.join(runtime, 'containers/auth.json')] : []),
    ...(config ? [path.join(config, 'containers/auth.json')] : []),
    ...(docker ? [path.join(docker, 'config.json')] : []),
  ];
}

type Config = Readonly<Record<string, Json | undefined>>;

function parseConfig(text: string, file: string): Config {
  try {
    const value = JSON.parse(text) as Json;
    if (isJsonObject(value)) return value;
  } catch {
    // Its text may hold passwords, and the parser would show some of it.
  }
  throw new Failure('INVALID_VALUE', `Cannot read "${file}": it is not a JSON object`, {
    hint: 'docker login writes it anew',
  });
}

/** What docker's own registry is called in its files. */
const DOCKER_HUB = 'https://index.docker.io/v1/';

/** The most precise first: podman knows logins for a part of a registry. */
function keysOf({ registry, name }: OciRepository): string[] {
  const steps = name.split('/');
  const places = steps.map((_, index) => `${registry}/${steps.slice(0, steps.length - index).join('/')}`);
  const older = [`https://${registry}`, `https://${registry}/v1/`, `https://${registry}/v2/`];
  return [...places, registry, ...older, ...(registry === 'docker.io' ? [DOCKER_HUB] : [])];
}

function storedLogin({ auths }: Config, repository: OciRepository): Login | undefined {
  for (const key of keysOf(repository)) {
    const { auth, identitytoken } = objectIn(auths, key);
    if (typeof identitytoken === 'string' && identitytoken !== '') return { identityToken: identitytoken };
    const [, user, password] = /^([^:]+):(.*?)\0*$/s.exec(decode(auth)) ?? [];
    if (user !== undefined && password !== undefined) return { user, password };
  }
  return undefined;
}

/** `docker-credential-<helper> get` (docker-credential-helpers): the name on stdin, JSON on stdout. */
async function askHelper(
  { credHelpers, credsStore }: Config,
  repository: OciRepository,
  { tools, signal }: { tools: LoginTools; signal: AbortSignal },
): Promise<Login | undefined> {
  const server = repository.registry === 'docker.io' ? DOCKER_HUB : repository.registry;
  const own = isJsonObject(credHelpers) && Object.hasOwn(credHelpers, server) ? credHelpers[server] : undefined;
  const helper = own ?? credsStore;
  if (typeof helper !== 'string' || helper === '') return undefined;
  if (!/^[\w.-]+$/.test(helper))
    throw new Failure('INVALID_VALUE', 'Cannot get credentials: the name of a credential helper has a slash in it');
  const { clock, env } = tools;
  const argv = [`docker-credential-${helper}`, 'get'];
  const answer = await askProgram({ argv, env, stdin: server, signal, nothing: /credentials not found/ }, clock);
  if (answer === undefined) return undefined;
  const { Username: user, Secret: password } = objectIn(
    { answer: parseConfig(answer, argv[0] ?? '') as Json },
    'answer',
  );
  if (typeof user !== 'string' || typeof password !== 'string' || password === '') return undefined;
  return user === '<token>' ? { identityToken: password } : { user, password };
}

function objectIn(value: Json | undefined, name: string): Readonly<Record<string, Json | undefined>> {
  const member = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return isJsonObject(member) ? member : {};
}

function decode(auth: Json | undefined): string {
  return typeof auth === 'string' ? Buffer.from(auth, 'base64').toString() : '';
}
