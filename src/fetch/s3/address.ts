// Addresses of S3: `s3://bucket/key` as people write it, and the URL of a request. It knows nothing of signatures.
import { Failure } from '../../model/failure.ts';
import { redactUrl } from '../../model/redact.ts';
import { stripControl } from '../../system/terminal.ts';

export interface S3Address {
  bucket: string;
  /** As it is, not percent-encoded: what `aws s3 cp` takes. */
  key: string;
  versionId?: string;
}

/** Where a bucket is asked for. */
export interface S3Place {
  region: string;
  /** A server that is not Amazon's, or another door of theirs. */
  endpoint: string | undefined;
  /** Whether the bucket is a part of the host name there, where that can be. */
  isVirtual: boolean;
}

const BUCKET = /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/i;

/**
 * `s3://bucket/key`, with `?versionId=…` for one version of a key.
 *
 * @throws Failure INVALID_VALUE
 */
export function parseS3Url(url: string): S3Address {
  const { bucket, key } = parsePrefix(url);
  const [, plain = key, versionId] = /^(.*)\?versionId=([^?&=]+)$/s.exec(key) ?? [];
  if (plain === '' || plain.endsWith('/')) throw refused(url, 'expected s3://<bucket>/<key>');
  return { bucket, key: plain, ...(versionId !== undefined && { versionId }) };
}

/** `s3://bucket`, or with the beginning of all keys; the key ends in a slash unless it is empty. */
export function parseS3Store(url: string): S3Address {
  const { bucket, key } = parsePrefix(url);
  return { bucket, key: key === '' || key.endsWith('/') ? key : `${key}/` };
}

function parsePrefix(url: string): { bucket: string; key: string } {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]*)\/?(.*)$/is.exec(url) ?? [];
  if (!BUCKET.test(bucket)) throw refused(url, 'expected s3://<bucket>/<key>');
  // Parsers of URLs take such steps away, coded or not: another object would be asked for.
  if (key.split('/').some((step) => step === '.' || step === '..'))
    throw refused(url, 'its key has a step "." or ".."');
  if (stripControl(key) !== key) throw refused(url, 'its key has a control character');
  return { bucket, key };
}

/** Every octet that is not plain is coded, as signatures want it (AWS Signature Version 4, "UriEncode"). */
function encodeStep(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

export function requestUrl(
  { bucket, key }: S3Address,
  query: Readonly<Record<string, string>>,
  place: S3Place,
): string {
  // A certificate for *.s3.amazonaws.com does not count for names with further dots, and capitals are no host name.
  const isVirtual = place.isVirtual && /^[a-z0-9-]+$/.test(bucket);
  const base = new URL(place.endpoint ?? `https://s3.${place.region}.${domainOf(place.region)}`);
  if (isVirtual) base.host = `${bucket}.${base.host}`;
  const steps = [...(isVirtual ? [] : [bucket]), ...key.split('/')].map(encodeStep);
  const words = Object.entries(query).map(([name, value]) => `${encodeStep(name)}=${encodeStep(value)}`);
  const path = base.pathname.replace(/\/$/, '');
  return `${base.origin}${path}/${steps.join('/')}${words.length === 0 ? '' : `?${words.join('&')}`}`;
}

/** Amazon keeps the partition of China apart. */
export function domainOf(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}

function refused(url: string, reason: string): Failure {
  return new Failure('INVALID_VALUE', `Cannot use "${redactUrl(url)}": ${reason}`, {
    hint: 'Name a bucket and what is in it, such as s3://acme-tools/compilers/gcc-13.tar.zst',
  });
}
