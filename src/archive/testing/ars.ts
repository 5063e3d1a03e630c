// Ar archives made in memory, with whatever a hostile one may say.

export interface ArItem {
  /** As it stands in the header. */
  name: string;
  content?: string | Buffer;
  mode?: number;
  /** The size that the header says, where it is another. */
  said?: number;
}

export function arOf(...items: ArItem[]): Buffer {
  const members = items.flatMap(({ name, content = '', mode = 0o644, said }) => {
    const bytes = Buffer.from(content);
    const fields = [name.padEnd(16), '0'.padEnd(12), '0'.padEnd(6), '0'.padEnd(6), mode.toString(8).padEnd(8)];
    const header = `${fields.join('')}${String(said ?? bytes.length).padEnd(10)}\`\n`;
    return [Buffer.from(header, 'latin1'), bytes, Buffer.from(bytes.length % 2 === 0 ? '' : '\n')];
  });
  return Buffer.concat([Buffer.from('!<arch>\n'), ...members]);
}
