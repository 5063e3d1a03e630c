import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { generatePrivateKey, parsePrivateKey } from '../../system/signature.ts';
import { open, seal } from './envelope.ts';

const key = parsePrivateKey(generatePrivateKey(), 'a');
const stranger = parsePrivateKey(generatePrivateKey(), 'b');
const STATEMENT = '{"a":1}';
const sealed = seal(STATEMENT, key);
const envelope = JSON.parse(sealed) as { payloadType: string; payload: string; signatures: JsonObject[] };
const [signature] = envelope.signatures as [{ keyid: string; sig: string }];
const change = (changes: object) => open(JSON.stringify({ ...envelope, ...changes }), [key.publicKey]);
const problem = (text: string) => ({ problem: expect.stringMatching(text) });

describe('an envelope', () => {
  it('is opened with the key that has sealed it, and is the same each time', () => {
    expect(open(sealed, [stranger.publicKey, key.publicKey])).toEqual({ statement: { a: 1 }, signedBy: key.publicKey });
    expect(seal(STATEMENT, key)).toBe(sealed);
  });

  it('says nothing to whoever does not trust the key, whatever its key id says', () => {
    expect(open(sealed, [stranger.publicKey])).toEqual(problem('none of its 1 signatures'));
    expect(open(sealed, [])).toEqual(problem('none of its 1'));
    const disguised = JSON.stringify({ ...envelope, signatures: [{ ...signature, keyid: stranger.publicKey }] });
    expect(open(disguised, [stranger.publicKey])).toHaveProperty('problem');
    expect(open(disguised, [key.publicKey])).toHaveProperty('statement');
  });

  it('needs one good signature, and others do no harm', () => {
    const [other] = JSON.parse(seal(STATEMENT, stranger)).signatures;
    expect(change({ signatures: [other, null, 1, { sig: 'AAAA' }, signature] })).toHaveProperty('statement');
    expect(change({ signatures: [{ sig: signature.sig }] })).toHaveProperty('statement');
    expect(change({ signatures: [other, other] })).toEqual(problem('none of its 2'));
    expect(change({ signatures: Array(33).fill(signature) })).toEqual(problem('at most 32'));
    expect(change({ signatures: [] })).toEqual(problem('none of its 0'));
    expect(change({ signatures: signature })).toEqual(problem('no list'));
  });

  it('is of one type, which is signed too', () => {
    expect(change({ payloadType: 'text/plain' })).toEqual(problem('its payload is "text/plain"'));
    expect(change({ payloadType: 7 })).toEqual(problem('its payload is "7"'));
    const bare = { payloadType: envelope.payloadType, payload: envelope.payload };
    const signatures = [{ sig: key.sign(Buffer.from(envelope.payload, 'base64')) }];
    expect(change({ ...bare, signatures })).toEqual(problem('none'));
  });

  it('holds what was signed, bit by bit', () => {
    const altered = Buffer.from('{"a":2}').toString('base64');
    expect(change({ payload: altered })).toEqual(problem('none'));
    expect(open(seal('[1]', key), [key.publicKey])).toEqual(problem('no JSON object'));
    expect(open(seal('{"a":1,"a":2}', key), [key.publicKey])).toEqual(problem('no JSON object'));
  });

  it('is in base64 of either alphabet, each in one spelling', () => {
    const urlSafe = signature.sig.replaceAll('+', '-').replaceAll('/', '_');
    expect(change({ signatures: [{ sig: urlSafe }] })).toHaveProperty('statement');
    for (const payload of [`${envelope.payload}\n`, `${envelope.payload}=`, envelope.payload.replace('=', ''), '*', 7])
      expect(change({ payload }), `${payload}`).toEqual(problem('base64'));
    // "eyJhIjoxfR==" has bits behind the last byte that decoders overlook.
    expect(change({ payload: envelope.payload.replace('Q==', 'R==') })).toEqual(problem('base64'));
  });

  it('is JSON that says each thing once', () => {
    expect(open('{', [key.publicKey])).toEqual(problem('no JSON object'));
    expect(open(sealed.replace('{', '{"payload":"",'), [key.publicKey])).toEqual(problem('says something twice'));
    expect(open('{"_type":"x"}', [key.publicKey])).toEqual(problem('not signed'));
    expect(open('{}', [key.publicKey])).toEqual(problem('no DSSE envelope'));
  });
});
