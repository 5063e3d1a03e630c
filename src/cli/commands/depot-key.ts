// `galley depot key <file>`: a private key that only its owner can read, and its public half for everybody's manifest.
import path from 'node:path';
import { generatePrivateKey, parsePrivateKey } from '../../system/signature.ts';
import type { Run } from '../answer.ts';

export const run: Run = async ({ cwd, files, emit }, { settings, args: [name = ''] }) => {
  const file = path.resolve(cwd, name);
  const found = await files.findText(file);
  if (found === undefined && settings.dryRun) {
    emit({ type: 'log.message', level: 'info', text: `Would write a new private key to ${file}` });
    return { status: 0, json: { path: file } };
  }
  const text = found ?? generatePrivateKey();
  const { publicKey } = parsePrivateKey(text, file);
  if (found === undefined) {
    await files.ensureDir(path.dirname(file));
    // Never over a key that appeared meanwhile: what it has signed could not be signed again.
    await using writer = await files.openWriter(file, { mode: 0o600 });
    await writer.write(Buffer.from(text));
    await writer.sync();
    emit({ type: 'log.message', level: 'info', text: `Keep ${file} secret; add what follows to "trusted_keys"` });
  }
  return { status: 0, stdout: publicKey, json: { path: file, public_key: publicKey } };
};
