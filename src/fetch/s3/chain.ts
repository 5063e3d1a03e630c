// Who we are to S3: the first of the places where the SDKs of Amazon look that has credentials. They are asked for again
// before they expire; without any, requests are anonymous.
import { Failure } from '../../model/failure.ts';
import type { Clock } from '../../system/clock.ts';
import { askProgram } from '../program-text.ts';
import { createSharing } from '../sharing.ts';
import { findContainerCredentials } from './container.ts';
import { type Credentials, type CredentialTools, parseTemporary } from './credentials.ts';
import { findInstanceCredentials } from './instance.ts';
import { findWebIdentity } from './web-identity.ts';

type Find = (tools: CredentialTools, signal: AbortSignal) => Promise<Credentials | undefined>;

/** In the order of the SDKs. One that is configured and fails is a failure: to go on would be somebody else. */
const CHAIN: readonly Find[] = [
  fromEnvironment,
  refuseOthers,
  fromProfile,
  fromProcess,
  findWebIdentity,
  findContainerCredentials,
  findInstanceCredentials,
];

/** Those that end sooner are renewed: a large upload must not begin with them. */
const RENEWED_BEFORE_MS = 5 * 60 * 1000;

export type FindCredentials = (signal: AbortSignal) => Promise<Credentials | undefined>;

export function createCredentials(tools: CredentialTools): FindCredentials {
  const share = createSharing<Credentials | undefined>();
  let known: { credentials: Credentials | undefined } | undefined;
  return async (signal) => {
    if (known !== undefined && isFresh(known.credentials, tools.clock)) return known.credentials;
    const credentials = await share('credentials', signal, (shared) => walk(tools, shared));
    known = { credentials };
    return credentials;
  };
}

async function walk(tools: CredentialTools, signal: AbortSignal): Promise<Credentials | undefined> {
  for (const find of CHAIN) {
    const found = await find(tools, signal);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isFresh(credentials: Credentials | undefined, clock: Clock): boolean {
  return credentials?.expiresAt === undefined || credentials.expiresAt - RENEWED_BEFORE_MS > clock.now();
}

async function fromEnvironment({ env }: CredentialTools): Promise<Credentials | undefined> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!accessKeyId || !secretAccessKey) return undefined;
  const sessionToken = env.AWS_SESSION_TOKEN || env.AWS_SECURITY_TOKEN || undefined;
  return { accessKeyId, secretAccessKey, sessionToken, origin: 'the environment' };
}

async function fromProfile({ profile }: CredentialTools): Promise<Credentials | undefined> {
  const [accessKeyId, secretAccessKey] = [profile.get('aws_access_key_id'), profile.get('aws_secret_access_key')];
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  const sessionToken = profile.get('aws_session_token');
  return { accessKeyId, secretAccessKey, sessionToken, origin: `profile "${profile.name}"` };
}

async function fromProcess(tools: CredentialTools, signal: AbortSignal): Promise<Credentials | undefined> {
  const { profile, clock, env } = tools;
  const command = profile.get('credential_process');
  if (command === undefined) return undefined;
  const answer = await askProgram({ argv: splitCommand(command), env, signal }, clock);
  return parseTemporary(answer ?? '', `credential_process of profile "${profile.name}"`);
}

/** Settings of a profile whose meaning is somebody whom only the command line of AWS can become. */
const OTHERS = ['source_profile', 'credential_source', 'sso_session', 'sso_start_url', 'login_session'];

async function refuseOthers({ profile: { name, get } }: CredentialTools): Promise<undefined> {
  const found = OTHERS.find((setting) => get(setting));
  if (found === undefined) return;
  throw new Failure('INVALID_VALUE', `Cannot use profile "${name}" of ~/.aws: galley does not know "${found}"`, {
    hint: `Let the AWS command line do it, in a profile with credential_process = aws configure export-credentials --profile ${name}`,
  });
}

/** Words and quotes, as in a shell, but nothing is expanded. */
export function splitCommand(text: string): string[] {
  return [...text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replace(/["']([^"']*)["']/g, '$1'));
}
