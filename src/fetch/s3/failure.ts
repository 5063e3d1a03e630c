// What S3 refuses, in the words of this house. The codes are those of its XML (Amazon S3 API, "Error responses").
import { Failure, type FailureDetail } from '../../model/failure.ts';
import { stripControl } from '../../system/terminal.ts';
import type { Credentials } from './credentials.ts';
import { textOf } from './xml.ts';

export interface Refusal {
  /** `s3://bucket/key` */
  url: string;
  status: number;
  /** What the server says. */
  xml: string;
  /** Its clock (epoch ms), and ours. */
  clocks: { serverAt: number; ownAt: number };
  credentials: Credentials | undefined;
  does: 'fetch' | 'write';
}

type Words = (refusal: Refusal) => { text: string; hint?: string; code?: 'SOURCE_NOT_FOUND'; transient?: boolean };

const LATER: Words = ({ status }) => ({ text: `the server cannot answer now (status ${status})`, transient: true });
const EXPIRED: Words = ({ credentials }) => ({
  text: 'the credentials have expired',
  hint: `Renew those of ${originOf(credentials)}`,
});
const GONE: Words = () => ({ text: 'the bucket has no such object', code: 'SOURCE_NOT_FOUND' });

const WORDS: Record<string, Words> = {
  NoSuchKey: GONE,
  NoSuchVersion: () => ({ text: 'the object has no such version', code: 'SOURCE_NOT_FOUND' }),
  NoSuchBucket: () => ({
    ...{ text: 'there is no such bucket', code: 'SOURCE_NOT_FOUND' },
    hint: 'Check its name, and for a server that is not Amazon its address in AWS_ENDPOINT_URL_S3',
  }),
  AccessDenied: ({ credentials }) => ({
    text: 'access is denied',
    hint:
      credentials === undefined
        ? 'No credentials were found: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'
        : `Check what ${originOf(credentials)} may do; without s3:ListBucket a missing object is denied, too`,
  }),
  SignatureDoesNotMatch: ({ credentials }) => ({
    text: 'the signature is wrong',
    hint: `Check the secret key in ${originOf(credentials)}; a proxy that changes requests has the same effect`,
  }),
  InvalidAccessKeyId: ({ credentials }) => ({
    text: 'the server does not know the access key',
    hint: `Check the access key in ${originOf(credentials)}, and whether it is for this server`,
  }),
  InvalidToken: ({ credentials }) => ({
    text: 'the session token is not valid',
    hint: `Check the session token in ${originOf(credentials)}: it belongs to one pair of keys`,
  }),
  ExpiredToken: EXPIRED,
  TokenRefreshRequired: EXPIRED,
  RequestTimeTooSkewed: ({ clocks }) => ({
    text: `the clock of this machine is ${Math.round(Math.abs(clocks.ownAt - clocks.serverAt) / 1000)} s ${clocks.ownAt > clocks.serverAt ? 'ahead of' : 'behind'} that of the server`,
    hint: 'Set the clock: signatures hold for 15 minutes',
  }),
  InvalidObjectState: () => ({ text: 'the object is in an archive', hint: 'Restore it, then try again' }),
  SlowDown: LATER,
  InternalError: LATER,
  RequestTimeout: LATER,
  OperationAborted: LATER,
  ConditionalRequestConflict: LATER,
};

/** For answers without a body, and for servers with codes of their own. */
const BY_STATUS: Record<number, Words | undefined> = {
  403: WORDS.AccessDenied,
  404: GONE,
  408: LATER,
  429: LATER,
  500: LATER,
  502: LATER,
  503: LATER,
  504: LATER,
};

export function s3Failure(refusal: Refusal): Failure {
  const { url, status, xml, does } = refusal;
  const said = stripControl(textOf(xml, 'Code') ?? '');
  const words = (Object.hasOwn(WORDS, said) && WORDS[said]) || BY_STATUS[status] || unknown;
  const { text, hint, code = 'FETCH_FAILED', transient = false } = words(refusal);
  const detail: FailureDetail = { transient, facts: { url, status, ...(said !== '' && { said }) } };
  return new Failure(code, `Cannot ${does} "${url}": ${text}`, { ...detail, ...(hint !== undefined && { hint }) });
}

function unknown({ status, xml }: Refusal): ReturnType<Words> {
  const said = [textOf(xml, 'Code'), textOf(xml, 'Message')].filter(Boolean).join(': ');
  return { text: `the server answers with status ${status}${said === '' ? '' : ` (${stripControl(said)})`}` };
}

function originOf(credentials: Credentials | undefined): string {
  return credentials?.origin ?? 'the environment';
}
