// What a recipe has asked and told and the host has not served yet. It lies in our memory, so it counts like the
// recipe's own: a limit for each slice is none for a recipe that asks for more with every answer.

/** What a call costs us beside its arguments. */
const CALL_BYTES = 1024;

export class Backlog {
  readonly #mostBytes: number;
  readonly #calls = new Map<number, number>();
  /** In the order in which they were told, which is the one in which they are taken. */
  readonly #notes = new Map<number, number>();
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  get isTooLarge(): boolean {
    return this.#bytes > this.#mostBytes;
  }

  add(id: number, text: string, isNote: boolean): void {
    const bytes = text.length + CALL_BYTES;
    this.#bytes += bytes;
    (isNote ? this.#notes : this.#calls).set(id, bytes);
  }

  /** @param lastNote the newest note that the host has taken; all before it are taken too */
  answered(call: number, lastNote: number): void {
    this.#bytes -= this.#calls.get(call) ?? 0;
    this.#calls.delete(call);
    for (const [id, bytes] of this.#notes) {
      if (id > lastNote) break;
      this.#bytes -= bytes;
      this.#notes.delete(id);
    }
  }
}
