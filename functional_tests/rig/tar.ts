// Archives for tests, made in memory so that they are the same on every machine.
import { buffer } from 'node:stream/consumers';
import { type Header, pack } from 'tar-stream';

/** A tar of these files; a name that ends in a slash is a directory. */
export async function tarOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, text] of Object.entries(files)) {
    if (name.endsWith('/')) archive.entry({ name, type: 'directory', mode: 0o755 });
    else archive.entry({ name, mode: 0o644 }, text);
  }
  archive.finalize();
  return await buffer(archive);
}

/** One entry of an archive that says what it likes. */
export type Item = Partial<Header> & { name: string; text?: string };

/** A tar of exactly these entries, in this order. */
export async function tarOfItems(...items: Item[]): Promise<Buffer> {
  const archive = pack();
  for (const { text = '', ...header } of items) archive.entry(header, text);
  archive.finalize();
  return await buffer(archive);
}
