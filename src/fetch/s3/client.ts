// Requests to S3: where a bucket is, who we are there, the signature, and the region that it turns out to be in. Each
// request is signed anew, as signatures are good for minutes only. It knows nothing of what is done with the answers.
import type { Sha256 } from '../../model/digest.ts';
import { Failure } from '../../model/failure.ts';
import { redactUrl } from '../../model/redact.ts';
import type { Connection } from '../../system/agents.ts';
import { sha256OfBytes } from '../../system/digest.ts';
import type { HttpBody, HttpMethod, HttpResponse } from '../../system/http.ts';
import { readWhole } from '../body.ts';
import { offline } from '../offline.ts';
import type { TransportTools } from '../transport.ts';
import { requestUrl, type S3Address, type S3Place } from './address.ts';
import { createCredentials, type FindCredentials } from './chain.ts';
import type { Credentials } from './credentials.ts';
import { s3Failure } from './failure.ts';
import { readProfile } from './profile.ts';
import { textOf } from './xml.ts';

export interface S3Request {
  method: HttpMethod;
  address: S3Address;
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  body?: HttpBody;
  /** Of the body: the signature covers it. */
  sha256?: Sha256;
  signal: AbortSignal;
}

export interface S3 {
  /** Answers with one of the `fine` statuses; every other is thrown, with what the server says of it. */
  send(request: S3Request, fine: readonly number[]): Promise<HttpResponse>;
}

/** Settings are read, and the chain of credentials begun, when the first request is sent. */
interface Account extends Omit<S3Place, 'region'> {
  region: string;
  credentials: FindCredentials;
  connection: Connection;
}

/** Error documents have some hundred bytes. */
const MOST_ERROR_BYTES = 1024 * 1024;
const NOTHING = sha256OfBytes('');
/** What every account has, and where requests of nobody in particular go. */
const DEFAULT_REGION = 'us-east-1';

export function createS3(tools: TransportTools): S3 {
  const { http, clock } = tools;
  let opening: Promise<Account> | undefined;
  const open = () => (opening ??= openAccount(tools));
  const regions = new Map<string, string>();

  async function ask(
    request: S3Request,
    place: S3Place & Account,
    credentials: Credentials | undefined,
  ): Promise<HttpResponse> {
    const { method, address, query = {}, headers = {}, body, sha256 = NOTHING, signal } = request;
    const versioned = address.versionId === undefined ? query : { ...query, versionId: address.versionId };
    const url = requestUrl(address, versioned, place);
    const plain = { ...headers, 'x-amz-content-sha256': sha256 };
    const signed =
      credentials && (await sign({ method, url, headers: plain, region: place.region }, credentials, clock.now()));
    return await http.request({
      url,
      method,
      headers: signed ?? headers,
      body,
      redirect: 'answer',
      connection: place.connection,
      signal,
    });
  }

  return {
    async send(request, fine) {
      const { address, method, signal } = request;
      const url = redactUrl(formatAddress(address));
      if (tools.offline) throw offline(url);
      const account = await open();
      for (let isMoved = false; ; isMoved = true) {
        const region = regions.get(address.bucket) ?? account.region;
        const credentials = await account.credentials(signal);
        const response = await ask(request, { ...account, region }, credentials);
        if (fine.includes(response.status)) return response;
        const xml = (await readWhole(response, MOST_ERROR_BYTES)).toString();
        const other = regionIn(response, xml);
        if (isMoved || other === undefined || other === region) {
          const clocks = { serverAt: Date.parse(response.headers.date ?? ''), ownAt: clock.now() };
          const does = method === 'GET' || method === 'HEAD' ? 'fetch' : 'write';
          throw s3Failure({ url, status: response.status, xml, clocks, credentials, does });
        }
        regions.set(address.bucket, other);
      }
    },
  };
}

export function formatAddress({ bucket, key, versionId }: S3Address): string {
  return `s3://${bucket}/${key}${versionId === undefined ? '' : `?versionId=${versionId}`}`;
}

async function openAccount(tools: TransportTools): Promise<Account> {
  const { env } = tools;
  const profile = await readProfile(tools);
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || profile.get('region') || DEFAULT_REGION;
  const endpoint =
    env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || profile.get('s3.endpoint_url') || profile.get('endpoint_url');
  // Few servers of others have a name for each bucket, and all take it as the first step of the path.
  const style = profile.get('s3.addressing_style') ?? 'auto';
  const isVirtual = style === 'virtual' || (style === 'auto' && endpoint === undefined);
  const bundle = env.AWS_CA_BUNDLE || profile.get('ca_bundle');
  const connection = bundle === undefined ? {} : { authorities: await readAuthorities(bundle, tools) };
  return { region, endpoint, isVirtual, connection, credentials: createCredentials({ ...tools, profile, region }) };
}

async function readAuthorities(file: string, { files }: TransportTools): Promise<string> {
  const text = await files.findText(file);
  if (text !== undefined) return text;
  throw new Failure('INVALID_VALUE', `Cannot use AWS_CA_BUNDLE: there is no file "${file}"`);
}

/** Where the server says the bucket is. Only what can be a region: it becomes a part of a host name. */
function regionIn({ headers }: HttpResponse, xml: string): string | undefined {
  const region = headers['x-amz-bucket-region'] ?? textOf(xml, 'Region');
  return region !== undefined && /^[a-z0-9-]{1,40}$/.test(region) ? region : undefined;
}

async function sign(
  { region, ...request }: { method: string; url: string; headers: Record<string, string>; region: string },
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  at: number,
): Promise<Record<string, string>> {
  const { AwsV4Signer } = await import('aws4fetch');
  const datetime = new Date(at).toISOString().replace(/[:-]|\.\d{3}/g, '');
  const keys = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
  const signer = new AwsV4Signer({ ...request, ...keys, service: 's3', region, datetime });
  return Object.fromEntries((await signer.sign()).headers);
}
