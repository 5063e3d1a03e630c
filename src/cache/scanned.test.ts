import { expect, it } from 'vitest';
import { sha256OfBytes } from '../system/digest.ts';
import { ScannedFiles } from './scanned.ts';

const TARGET = { assetsDir: '/c/assets', entryPath: 'acme.a@r1/linux-x86_64-00aa' };

function write(scanned: ScannedFiles, path: string, ...pieces: string[]): void {
  const writer = scanned.open(path);
  for (const piece of pieces) writer.write(Buffer.from(piece));
  writer.close();
}

it('what is written to a file is known when it is closed', () => {
  const scanned = new ScannedFiles(TARGET);
  const writer = scanned.open('a');
  // A view of larger memory, as pieces of an archive are.
  writer.write(new Uint8Array(Buffer.from('xx/c/assets/acme.a@r1/linux-x86_64-00aa/installxx')).subarray(2, -2));
  expect(scanned.find('a')).toBeUndefined();
  writer.close();
  expect(scanned.find('a')).toMatchObject({
    sha256: sha256OfBytes('/c/assets/acme.a@r1/linux-x86_64-00aa/install'),
    namesInstall: true,
  });
  expect(scanned.target).toBe(TARGET);
});

it('a file that is written again, or by somebody else, is another one', () => {
  const scanned = new ScannedFiles(TARGET);
  write(scanned, 'a', 'one');
  write(scanned, 'a', 'two, ', 'in pieces');
  expect(scanned.find('a')?.sha256).toBe(sha256OfBytes('two, in pieces'));
  write(scanned, 'b', 'b');
  scanned.forget('a');
  expect([...scanned.all().keys()]).toEqual(['b']);
  scanned.forgetAll();
  expect(scanned.find('b')).toBeUndefined();
});
