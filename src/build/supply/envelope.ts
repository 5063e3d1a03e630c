// The envelope of a statement (DSSE 1.0): the statement as bytes, and signatures over those very bytes and their type.
// Refuses to look into a payload that nobody we trust has signed.
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { PublicKey } from '../../model/public-key.ts';
import { findStrictJson } from '../../model/strict-json.ts';
import { isSignedBy, type SigningKey } from '../../system/signature.ts';

/** The one kind of payload that is a statement. */
const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** Each costs a verification for each trusted key; honest envelopes have one or two. */
const MOST_SIGNATURES = 32;

/** One line of JSON; the same statement and key give the same line. */
export function seal(statement: string, key: SigningKey): string {
  const payload = Buffer.from(statement);
  const signatures = [{ keyid: key.publicKey, sig: key.sign(authenticated(payload)) }];
  return JSON.stringify({ payloadType: PAYLOAD_TYPE, payload: payload.toString('base64'), signatures });
}

export interface Opened {
  /** JSON that one of the keys has signed. */
  statement: JsonObject;
  signedBy: PublicKey;
}

/** The statement in an envelope that one of the keys has signed, or why there is none. */
export function open(text: string, keys: readonly PublicKey[]): Opened | { problem: string } {
  const envelope = findStrictJson(text);
  if (!isJsonObject(envelope)) return { problem: 'it is no JSON object, or says something twice' };
  const { payloadType, payload, signatures } = envelope;
  if (payloadType === undefined)
    return { problem: '_type' in envelope ? 'it is not signed' : 'it is no DSSE envelope' };
  if (payloadType !== PAYLOAD_TYPE)
    return { problem: `its payload is "${`${payloadType}`.slice(0, 80)}", expected "${PAYLOAD_TYPE}"` };
  const bytes = decode(payload);
  if (bytes === undefined) return { problem: 'its payload is not in base64' };
  if (!Array.isArray(signatures) || signatures.length > MOST_SIGNATURES)
    return { problem: `it has no list of at most ${MOST_SIGNATURES} signatures` };
  // A key id is a hint that nobody has signed; that another signature is wrong, or from a stranger, says nothing.
  const given = signatures.flatMap((entry) => (isJsonObject(entry) && decode(entry.sig)?.toString('base64')) || []);
  const signed = authenticated(bytes);
  const signedBy = keys.find((key) => given.some((signature) => isSignedBy(key, signed, signature)));
  if (signedBy === undefined) return { problem: `none of its ${given.length} signatures is of a trusted key` };
  const statement = findStrictJson(bytes.toString());
  return isJsonObject(statement) ? { statement, signedBy } : { problem: 'its payload is no JSON object' };
}

/** The statement in an envelope, whoever has signed it. */
export function peek(text: string): JsonObject | undefined {
  const envelope = findStrictJson(text);
  const bytes = isJsonObject(envelope) ? decode(envelope.payload) : undefined;
  const statement = bytes && findStrictJson(bytes.toString());
  return isJsonObject(statement) ? statement : undefined;
}

/** Pre-authentication encoding: neither the type nor the payload can pass for a part of the other. */
function authenticated(payload: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${Buffer.byteLength(PAYLOAD_TYPE)} ${PAYLOAD_TYPE} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** Both alphabets of base64 are allowed, and each only in the one way in which encoders write it. */
function decode(text: unknown): Buffer | undefined {
  if (typeof text !== 'string') return undefined;
  const bytes = Buffer.from(text, 'base64');
  const plain = text.replaceAll('-', '+').replaceAll('_', '/');
  const isMixed = /[-_]/.test(text) && /[+/]/.test(text);
  return !isMixed && bytes.toString('base64') === plain ? bytes : undefined;
}
