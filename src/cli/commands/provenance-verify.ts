// `galley provenance verify <file> [archive]`: are statements signed by somebody we trust, and are they true? Needs no
// project where keys are given.
import path from 'node:path';
import type { Services } from '../../build/services.ts';
import { verifyStatements } from '../../build/supply/trust.ts';
import { Failure } from '../../model/failure.ts';
import { type PublicKey, parsePublicKey } from '../../model/public-key.ts';
import type { Options, Run } from '../answer.ts';
import { formatColumns } from '../columns.ts';
import { toJsonRow } from '../json.ts';
import { openProject } from '../open-project.ts';
import { untilStopped } from '../until-stopped.ts';

export const run: Run = async (services, options, signal) => {
  const {
    settings,
    args: [name = '', archive],
  } = options;
  const { files, cwd } = services;
  const archiveFile = archive === undefined ? undefined : path.resolve(cwd, archive);
  const evidence = {
    keys: await trustedKeys(services, options),
    files,
    cache: await services.cache(settings),
    archiveFile,
  };
  await using handle = name === '-' ? undefined : await files.openRead(path.resolve(cwd, name));
  const chunks = handle?.createReadStream({ autoClose: false }) ?? services.stdin();
  const verified = await untilStopped(verifyStatements(name, chunks, evidence), signal);
  const rows = verified.map(({ subject, builder, signedBy }) => [
    subject,
    `built by ${builder}`,
    `signed by ${signedBy}`,
  ]);
  return { status: 0, stdout: formatColumns(rows), json: verified.map(toJsonRow) };
};

/** Whoever names keys means these and no others. */
async function trustedKeys(services: Services, { settings, lists }: Options): Promise<readonly PublicKey[]> {
  if (lists.key) return lists.key.map(readKey);
  const own = settings.manifest === undefined ? [] : (await openProject(services, settings)).manifest.trustedKeys;
  const keys = [...settings.trustedKeys, ...own];
  if (keys.length > 0) return keys;
  const hint = 'Give one with --key, or trusted_keys in the manifest';
  throw new Failure('USAGE', 'Cannot verify without a key that is trusted', { hint });
}

function readKey(text: string): PublicKey {
  const key = parsePublicKey(text);
  if (key) return key;
  const hint = 'It looks like ed25519:…, as "galley depot key <file>" prints it';
  throw new Failure('USAGE', `Cannot trust "${text}": it is no public key`, { hint });
}
