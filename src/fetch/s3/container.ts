// Credentials that a container is given by what runs it (Amazon ECS, EKS Pod Identity).
import { Failure } from '../../model/failure.ts';
import { type Credentials, type CredentialTools, parseTemporary } from './credentials.ts';
import { askSmall, NEAR } from './small-answer.ts';

/** Addresses of the agents that Amazon runs beside containers. Over plain http nobody else is told the token. */
const AGENTS = /^(?:localhost|127(?:\.\d+){3}|\[::1\]|169\.254\.170\.(?:2|23)|\[fd00:ec2::23\])$/;

export async function findContainerCredentials(
  { env, files, http }: CredentialTools,
  signal: AbortSignal,
): Promise<Credentials | undefined> {
  const relative = env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
  const address = relative ? `http://169.254.170.2${relative}` : env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
  if (!address) return undefined;
  const url = URL.parse(address);
  if (url === null || !(url.protocol === 'https:' || (url.protocol === 'http:' && AGENTS.test(url.hostname)))) {
    const message = 'Cannot get credentials: AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor on this machine';
    throw new Failure('INVALID_VALUE', message);
  }
  const tokenFile = env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE;
  const token = (tokenFile && (await files.findText(tokenFile))?.trim()) || env.AWS_CONTAINER_AUTHORIZATION_TOKEN;
  const headers = token ? { authorization: token } : {};
  const from = 'the container agent';
  return parseTemporary(await askSmall({ url: url.href, headers, from, connection: NEAR, signal }, http), from);
}
