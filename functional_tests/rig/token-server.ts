// Hands out the tokens that a registry asks for (Docker Registry v2 authentication): signed with a key made for the test,
// whose certificate the registry has, so that it believes no other.
import { execFileSync } from 'node:child_process';
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface TokenServer {
  /** What the configuration of the registry says of it. */
  config: Readonly<Record<string, string>>;
  /** The scopes that were asked for, in order, with who asked. */
  asked: string[];
  /** The header of somebody who may do everything. */
  everything(): string;
  /** From now on tokens are signed with another key. */
  forge(): void;
}

const [SERVICE, ISSUER] = ['registry.test', 'tokens.test'];

export async function startTokenServer(dir: string, login: string): Promise<TokenServer> {
  const honest = createKey(`${dir}/token`);
  let key = honest;
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const scopes = searchParams.getAll('scope');
    const isKnown = request.headers.authorization === `Basic ${btoa(login)}`;
    asked.push(`${isKnown ? 'known' : 'anonymous'} ${scopes.join(' ')}`);
    if (request.headers.authorization !== undefined && !isKnown) return response.writeHead(401).end();
    // Whoever does not say who they are may read what is public.
    const granted = scopes.filter((scope) => isKnown || /^repository:public\/[^:]+:pull$/.test(scope));
    return response.end(JSON.stringify({ token: createToken(granted.map(accessOf), key), expires_in: 60 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const realm = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  return {
    config: { realm, service: SERVICE, issuer: ISSUER, rootcertbundle: `${dir}/token.crt` },
    asked,
    everything: () => `Bearer ${createToken(EVERYTHING, honest)}`,
    forge() {
      key = createKey(`${dir}/forged`);
    },
  };
}

interface Access {
  type: string;
  name: string;
  actions: string[];
}

const EVERYTHING = ['test', 'public/test'].map((name) => ({
  type: 'repository',
  name,
  actions: ['pull', 'push', 'delete'],
}));

/** `repository:acme/tools:pull,push` */
function accessOf(scope: string): Access {
  const [, type = '', name = '', actions = ''] = /^([^:]+):(.+):([^:]+)$/.exec(scope) ?? [];
  return { type, name, actions: actions.split(',') };
}

interface Key {
  pem: string;
  /** As libtrust names it, which the registry uses to find the certificate. */
  id: string;
}

function createKey(file: string): Key {
  const args = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-subj',
    '/CN=t',
  ];
  execFileSync('openssl', [...args, '-days', '2', '-keyout', `${file}.key`, '-out', `${file}.crt`], {
    stdio: 'ignore',
  });
  const pem = readFileSync(`${file}.key`, 'utf8');
  const spki = createPublicKey(pem).export({ type: 'spki', format: 'der' });
  return {
    pem,
    id: base32(createHash('sha256').update(spki).digest().subarray(0, 30)).match(/.{4}/g)?.join(':') ?? '',
  };
}

/** RFC 4648; thirty bytes need no padding. */
function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const digits = bits.match(/.{5}/g) ?? [];
  return digits.map((digit) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(digit, 2)]).join('');
}

function createToken(access: readonly Access[], { pem, id }: Key): string {
  const now = Math.floor(Date.now() / 1000);
  const header = { typ: 'JWT', alg: 'ES256', kid: id };
  const claims = { iss: ISSUER, aud: SERVICE, sub: 'galley', nbf: now - 10, iat: now, exp: now + 60, access };
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signature = sign('sha256', Buffer.from(text), { key: createPrivateKey(pem), dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}
