// Tars made in memory, block by block, with whatever a hostile one may say: every field of a header can be anything.
export interface TarItem {
  name: string | Buffer;
  /** The letter of its kind; a file where there is none. */
  flag?: string;
  content?: string | Buffer;
  target?: string;
  mode?: number;
  /** What the header says of the size: a number, or the twelve bytes of its field. */
  size?: number | Buffer;
  /** `ustar\x0000` of POSIX, where not said otherwise. */
  magic?: string;
  prefix?: string;
  checksum?: number;
  /** More bytes at their places. */
  bytes?: Record<number, Buffer>;
}

export const GNU = 'ustar  \0';
export const END = Buffer.alloc(1024);

/** A whole tar. */
export const tarOfBlocks = (...items: (TarItem | Buffer)[]): Buffer => Buffer.concat([cutTar(...items), END]);

/** The same without its end. */
export function cutTar(...items: (TarItem | Buffer)[]): Buffer {
  return Buffer.concat(items.flatMap((item) => (Buffer.isBuffer(item) ? [item] : encode(item))));
}

/** An extended header for the next member (`x`), or all that follow (`g`). */
export const records = (values: Record<string, string>, flag = 'x'): TarItem => ({
  name: 'PaxHeader',
  flag,
  content: Object.entries(values)
    .map(([key, value]) => record(key, value))
    .join(''),
});

export function record(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  const length = rest + `${rest + `${rest}`.length}`.length;
  return `${length} ${key}=${value}\n`;
}

/** A long name as GNU tar writes it. */
export const longName = (name: string, flag = 'L'): TarItem => ({
  name: '././@LongLink',
  flag,
  content: `${name}\0`,
  magic: GNU,
});

/** Octal, as in the fields of a header. */
export const octal = (value: number, width = 12): Buffer =>
  Buffer.from(`${value.toString(8).padStart(width - 1, '0')}\0`, 'latin1');

function encode(item: TarItem): Buffer[] {
  const content = Buffer.from(item.content ?? '');
  return [header(item, content.length), content, Buffer.alloc((512 - (content.length % 512)) % 512)];
}

function header(item: TarItem, contentBytes: number): Buffer {
  const { size = contentBytes, magic = 'ustar\x0000', prefix = '', target = '', mode = 0o644 } = item;
  const block = Buffer.alloc(512);
  const fields: [number, Buffer, number][] = [
    [0, Buffer.from(item.name), 100],
    [100, octal(mode, 8), 8],
    [108, octal(0, 8), 8],
    [116, octal(0, 8), 8],
    [124, Buffer.isBuffer(size) ? size : octal(size), 12],
    [136, octal(0), 12],
    [148, Buffer.from('        '), 8],
    [156, Buffer.from(item.flag ?? '0'), 1],
    [157, Buffer.from(target), 100],
    [257, Buffer.from(magic, 'latin1'), 8],
    [345, Buffer.from(prefix), 155],
    ...Object.entries(item.bytes ?? {}).map(([at, bytes]): [number, Buffer, number] => [Number(at), bytes, 512]),
  ];
  for (const [at, bytes, most] of fields) bytes.copy(block, at, 0, most);
  octal(item.checksum ?? block.reduce((sum, byte) => sum + byte, 0), 7).copy(block, 148);
  return block;
}
