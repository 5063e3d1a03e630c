// Credentials of the role of a machine at Amazon, from the metadata service that only such a machine has (IMDSv2).
import { isFailure } from '../../model/failure.ts';
import { type Credentials, type CredentialTools, parseTemporary } from './credentials.ts';
import { askSmall, NEAR } from './small-answer.ts';

/** Everywhere else nobody answers at this address, and nobody wants to wait for that. */
const LONGEST_MS = 1000;

const FROM = 'the metadata service of this machine';

export async function findInstanceCredentials(
  { env, http }: CredentialTools,
  signal: AbortSignal,
): Promise<Credentials | undefined> {
  if (env.AWS_EC2_METADATA_DISABLED?.toLowerCase() === 'true') return undefined;
  const base = (env.AWS_EC2_METADATA_SERVICE_ENDPOINT || 'http://169.254.169.254').replace(/\/$/, '');
  const ask = (path: string, headers: Record<string, string>, method: 'GET' | 'PUT' = 'GET') =>
    askSmall(
      { url: `${base}/latest/${path}`, method, headers, from: FROM, longestMs: LONGEST_MS, connection: NEAR, signal },
      http,
    );
  try {
    const token = await ask('api/token', { 'x-aws-ec2-metadata-token-ttl-seconds': '21600' }, 'PUT');
    const headers = { 'x-aws-ec2-metadata-token': token.trim() };
    const roles = 'meta-data/iam/security-credentials/';
    const [role] = (await ask(roles, headers)).split('\n');
    return role ? parseTemporary(await ask(roles + role.trim(), headers), FROM) : undefined;
  } catch (error) {
    // No such machine, or one without a role: whoever has no credentials is anonymous.
    if (isFailure(error, 'FETCH_FAILED')) return undefined;
    throw error;
  }
}
