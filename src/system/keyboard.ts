// The keys of a terminal one by one, as long as somebody listens; then it is as it was, for whoever comes next. Knows no
// key by name. What ends the process meanwhile leaves no trace: Node puts the modes of its terminal back.

/** The part of `process.stdin` that is used. */
export interface KeySource {
  isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
  on(event: 'data', listener: (bytes: Buffer) => void): unknown;
  off(event: 'data', listener: (bytes: Buffer) => void): unknown;
  resume(): unknown;
  /** Nothing is read any more: what is typed from here on is for others. */
  pause(): unknown;
}

/** Hands on what is typed, unechoed and without waiting for the end of the line, until disposed; Ctrl-C is a key, too. */
export function listenToKeys(source: KeySource, listener: (text: string) => void): Disposable | undefined {
  if (!source.isTTY || !source.setRawMode) return undefined;
  const hear = (bytes: Buffer) => listener(bytes.toString());
  source.setRawMode(true);
  source.on('data', hear);
  source.resume();
  return {
    [Symbol.dispose]: () => {
      source.off('data', hear);
      source.pause();
      source.setRawMode?.(false);
    },
  };
}
