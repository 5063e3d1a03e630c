// The live area and the keys that belong to it: opened and closed together, and as often as is needed. Closing takes effect
// at once, as whoever asks for the terminal does not wait.
import { type KeySource, listenToKeys } from '../../system/keyboard.ts';
import { onExit } from '../../system/signals.ts';
import type { Canvas } from './canvas.ts';

export interface Streams {
  output: NodeJS.WriteStream;
  input: NodeJS.ReadStream & KeySource;
}

export class LiveArea {
  readonly #streams: Streams;
  readonly #hear: (text: string) => void;
  #isWanted = false;
  #canvas: Canvas | undefined;
  #keys: Disposable | undefined;
  #exiting: Disposable | undefined;
  /** What is to be written above the area with the next frame. */
  #said: string[] = [];

  /** @param hear is told what is typed while the area is open */
  constructor(streams: Streams, hear: (text: string) => void) {
    this.#streams = streams;
    this.#hear = hear;
  }

  get isOpen(): boolean {
    return this.#canvas !== undefined;
  }

  /** Does nothing when the area was closed again before it was there. */
  async open(): Promise<void> {
    this.#isWanted = true;
    const { openCanvas } = await import('./canvas.ts');
    if (!this.#isWanted || this.#canvas !== undefined) return;
    this.#canvas = openCanvas(this.#streams);
    this.#keys = listenToKeys(this.#streams.input, this.#hear);
    this.#exiting = onExit(() => this.close());
  }

  draw(lines: readonly string[]): void {
    const text = this.#takeSaid();
    if (text !== '') this.#canvas?.write(text);
    this.#canvas?.draw(lines);
  }

  /** Writes text that stays. */
  say(text: string): void {
    if (this.isOpen) this.#said.push(text);
    else this.#streams.output.write(text);
  }

  close(): void {
    this.#isWanted = false;
    this.#exiting?.[Symbol.dispose]();
    this.#keys?.[Symbol.dispose]();
    this.#canvas?.close();
    this.#keys = undefined;
    this.#canvas = undefined;
    const text = this.#takeSaid();
    if (text !== '') this.#streams.output.write(text);
  }

  #takeSaid(): string {
    const text = this.#said.join('');
    this.#said = [];
    return text;
  }
}
