// `galley provenance verify <file> [archive]`: are statements signed by somebody we trust, and are they true? Needs no
// project where keys are given.
import path from 'node:path';
import { verifyFile } from '../../build/supply/trust.ts';
import { Failure } from '../../model/failure.ts';
import { type PublicKey, parsePublicKey } from '../../model/public-key.ts';
import type { Run } from '../answer.ts';
import { formatColumns } from '../columns.ts';
import { toJsonRow } from '../json.ts';

export const run: Run = async (services, { settings, args: [name = '', archive], lists }) => {
  const { files, cwd } = services;
  const keys = (lists.key ?? []).map(readKey);
  if (keys.length === 0)
    throw new Failure('USAGE', 'Cannot verify without a key that is trusted', {
      hint: 'Give one with --key, or trusted_keys in the manifest',
    });
  const verified = await verifyFile(path.resolve(cwd, name), {
    ...{ keys, files, cache: await services.cache(settings) },
    archiveFile: archive === undefined ? undefined : path.resolve(cwd, archive),
  });
  const rows = verified.map(({ subject, builder, signedBy }) => [
    subject,
    `built by ${builder}`,
    `signed by ${signedBy}`,
  ]);
  return { status: 0, stdout: formatColumns(rows), json: verified.map(toJsonRow) };
};

function readKey(text: string): PublicKey {
  const key = parsePublicKey(text);
  if (key) return key;
  throw new Failure('USAGE', `Cannot trust "${text}": it is no public key`, {
    hint: 'It looks like ed25519:…, as "galley depot key <file>" prints it',
  });
}
