// A certificate for this machine that nobody trusts but who is told to. Made anew for each test: no private key is ever
// kept.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Project } from './project.ts';

export interface Certificate {
  key: string;
  cert: string;
  /** What variables such as NODE_EXTRA_CA_CERTS name. */
  file: string;
}

export async function makeCertificate({ rootDir }: Project, name = 'server'): Promise<Certificate> {
  const [keyFile, file] = [path.join(rootDir, `${name}.key`), path.join(rootDir, `${name}.pem`)];
  const words = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=galley-test';
  const names = 'subjectAltName=IP:127.0.0.1,DNS:localhost';
  const args = [...words.split(' '), '-addext', names, '-keyout', keyFile, '-out', file];
  await promisify(execFile)('openssl', args);
  return { key: await readFile(keyFile, 'utf8'), cert: await readFile(file, 'utf8'), file };
}
