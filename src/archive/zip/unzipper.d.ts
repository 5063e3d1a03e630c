// What we use of unzipper, which has no types: its way of reading a directory.
declare module 'unzipper' {
  import type { Readable } from 'node:stream';

  namespace unzipper {
    /** A record by the names of its fields. Nothing in it is checked, not even the signature. */
    interface Entry {
      signature: number;
      versionMadeBy: number;
      flags: number;
      compressionMethod: number;
      crc32: number;
      fileNameLength: number;
      extraFieldLength: number;
      fileCommentLength: number;
      externalFileAttributes: number;
      /** These three are taken from the zip64 extra where they have to be; undefined where there is none. */
      compressedSize: number | undefined;
      uncompressedSize: number | undefined;
      offsetToLocalFileHeader: number | undefined;
      /** A text when it is empty. */
      pathBuffer: Buffer | '';
      /** What was taken from the zip64 extra; null when the record ends before it. */
      extra: Record<string, number | null>;
    }
    interface Source {
      size(): Promise<number>;
      stream(start: number): Readable;
    }
    const Open: {
      custom(source: Source, options: { tailSize: number }): Promise<{ files: Entry[] }>;
    };
  }
  export = unzipper;
}
