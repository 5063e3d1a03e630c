// Credentials for a token that the platform leaves in a file, as Kubernetes and CI services do: exchanged at Amazon's
// Security Token Service.
import { Failure } from '../../model/failure.ts';
import { domainOf } from './address.ts';
import type { Credentials, CredentialTools } from './credentials.ts';
import { askSmall } from './small-answer.ts';
import { textOf } from './xml.ts';

export async function findWebIdentity(tools: CredentialTools, signal: AbortSignal): Promise<Credentials | undefined> {
  const { env, profile, files, http, region, clock } = tools;
  const tokenFile = env.AWS_WEB_IDENTITY_TOKEN_FILE || profile.get('web_identity_token_file');
  const role = env.AWS_ROLE_ARN || profile.get('role_arn');
  if (tokenFile === undefined || role === undefined) return undefined;
  const token = (await files.findText(tokenFile))?.trim();
  if (!token) throw new Failure('FETCH_FAILED', `Cannot get credentials: there is no token in "${tokenFile}"`);
  const session = env.AWS_ROLE_SESSION_NAME || profile.get('role_session_name') || `galley-${clock.now()}`;
  const answer = await askSmall(
    {
      url: env.AWS_ENDPOINT_URL_STS || env.AWS_ENDPOINT_URL || `https://sts.${region}.${domainOf(region)}`,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(
        `${new URLSearchParams({
          Action: 'AssumeRoleWithWebIdentity',
          Version: '2011-06-15',
          RoleArn: role,
          RoleSessionName: session,
          WebIdentityToken: token,
        })}`,
      ),
      from: 'the Security Token Service',
      signal,
    },
    http,
  );
  const [accessKeyId, secretAccessKey] = [textOf(answer, 'AccessKeyId'), textOf(answer, 'SecretAccessKey')];
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw new Failure('FETCH_FAILED', 'Cannot get credentials: the answer of the Security Token Service has none');
  return {
    ...{ accessKeyId, secretAccessKey, origin: 'a web identity token' },
    sessionToken: textOf(answer, 'SessionToken'),
    expiresAt: Date.parse(textOf(answer, 'Expiration') ?? '') || undefined,
  };
}
