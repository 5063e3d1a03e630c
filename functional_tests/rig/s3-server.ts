// An S3 API that verifies signatures: moto, with a user of its own who may do everything, and one bucket.
import { AwsClient } from 'aws4fetch';
import { startForeignServer } from './foreign-server.ts';

export interface S3Server {
  /** `http://127.0.0.1:port` */
  endpoint: string;
  bucket: string;
  /** What a person who works with this server has in the environment. */
  env: Record<string, string>;
  /** `s3://bucket/key` */
  url(key: string): string;
  put(key: string, content: string | Buffer): Promise<void>;
  /** Undefined when it is not there. */
  get(key: string): Promise<Buffer | undefined>;
  /** Where an object is below the endpoint. */
  pathOf(key: string): string;
  /** Any request below the endpoint, signed. */
  ask(path: string, init?: RequestInit): Promise<Response>;
}

const REGION = 'eu-west-1';

/** Who may do everything, and the bucket: until they are there, nothing is asked for a signature. */
const FIRST_ACTIONS = 4;

export async function startS3Server(bucket = 'galley-test'): Promise<S3Server> {
  const port = await startForeignServer(['moto-5.2.5', '-H', '127.0.0.1', '-p', '0'], {
    listening: /Running on http:\/\/127\.0\.0\.1:(\d+)/,
    env: { INITIAL_NO_AUTH_ACTION_COUNT: `${FIRST_ACTIONS}`, PYTHONUNBUFFERED: '1' },
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const keys = await createUser(endpoint);
  await begin(endpoint, 's3', { path: `/${bucket}`, method: 'PUT', body: LOCATION });
  const client = new AwsClient({ ...keys, service: 's3', region: REGION, retries: 0 });
  const ask: S3Server['ask'] = (path, init) => client.fetch(endpoint + path, init);
  const pathOf = (key: string) => `/${bucket}/${key.split('/').map(encode).join('/')}`;
  return {
    ...{ endpoint, bucket, ask, pathOf },
    env: {
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    },
    url: (key) => `s3://${bucket}/${key}`,
    async put(key, content) {
      const { status } = await ask(pathOf(key), { method: 'PUT', body: new Uint8Array(Buffer.from(content)) });
      if (status !== 200) throw new Error(`The server takes no "${key}": status ${status}`);
    },
    async get(key) {
      const response = await ask(pathOf(key));
      return response.status === 200 ? Buffer.from(await response.arrayBuffer()) : undefined;
    },
  };
}

/** As signatures want it, which is more than URLs need. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

const LOCATION = `<CreateBucketConfiguration><LocationConstraint>${REGION}</LocationConstraint></CreateBucketConfiguration>`;
const EVERYTHING = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
});

async function createUser(endpoint: string): Promise<{ accessKeyId: string; secretAccessKey: string }> {
  const iam = (Action: string, details: Record<string, string> = {}) => {
    const body = new URLSearchParams({ Action, Version: '2010-05-08', UserName: 'galley', ...details });
    return begin(endpoint, 'iam', { path: '/', method: 'POST', body: `${body}` });
  };
  await iam('CreateUser');
  const answer = await iam('CreateAccessKey');
  await iam('PutUserPolicy', { PolicyName: 'everything', PolicyDocument: EVERYTHING });
  const read = (name: string) => new RegExp(`<${name}>(.*?)</${name}>`).exec(answer)?.[1] ?? '';
  return { accessKeyId: read('AccessKeyId'), secretAccessKey: read('SecretAccessKey') };
}

/** A request before signatures count. Which service it is for, the server reads in the header all the same. */
async function begin(
  endpoint: string,
  service: string,
  { path, method, body }: { path: string; method: string; body: string },
): Promise<string> {
  const authorization = `AWS4-HMAC-SHA256 Credential=first/20260101/${REGION}/${service}/aws4_request`;
  const type = service === 'iam' ? 'application/x-www-form-urlencoded' : 'application/xml';
  const headers = { authorization, 'content-type': type };
  const response = await fetch(endpoint + path, { method, headers, body });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${service} answers ${response.status}: ${text}`);
  return text;
}
