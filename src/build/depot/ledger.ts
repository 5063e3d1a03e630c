// The index of one depot while it is changed: several machines may do so at the same time, and none of them may lose what
// another has added. Whoever signs vouches for all of it, so what is there already has to be vouched for.
import type { ObjectContent } from '../../fetch/object-store.ts';
import {
  DEPOT_INDEX,
  type DepotEntry,
  type DepotIndex,
  type DepotSignature,
  depotKey,
  EMPTY_INDEX,
  encodeIndex,
  MOST_SIGNATURES,
  signedText,
  withEntries,
} from '../../model/depot.ts';
import { Failure } from '../../model/failure.ts';
import type { PublicKey } from '../../model/public-key.ts';
import type { SigningKey } from '../../system/signature.ts';
import { randomName } from '../../system/temporary.ts';
import type { World } from '../world.ts';
import { type Depot, demandTrust, type IndexVersion, noIndex, readIndex, signersOf } from './depot.ts';

export interface Seal {
  sign?: SigningKey | undefined;
  /** One of these has to have signed what is there; where there are none, it is believed. */
  demanded: readonly PublicKey[];
}

type Tools = Pick<World, 'clock' | 'signal'>;

/** Each loser of a race waits for a random time, so that even a hundred machines get their turns. */
const ATTEMPTS = 100;
const LONGEST_PAUSE_MS = 400;

/** There was no index. */
type Found = Omit<IndexVersion, 'version'> & { version: string | undefined };

export class Ledger {
  readonly depot: Depot;
  readonly #seal: Seal;
  readonly #tools: Tools;
  #before: Promise<Found> | undefined;
  #pending: DepotEntry[] = [];
  #writing: Promise<void> | undefined;

  constructor(depot: Depot, seal: Seal, tools: Tools) {
    this.depot = depot;
    this.#seal = seal;
    this.#tools = tools;
  }

  /** Signs what is added. */
  get signer(): SigningKey | undefined {
    return this.#seal.sign;
  }

  /**
   * What the depot had when this began.
   *
   * @throws Failure DEPOT_UNTRUSTED, DEPOT_INVALID, FETCH_FAILED
   */
  async index(): Promise<DepotIndex> {
    this.#before ??= this.#read();
    return (await this.#before).index;
  }

  /**
   * Puts an object into the depot, for a line that comes next. What is there under its name may be damaged, and is
   * replaced.
   */
  async upload(name: string, content: ObjectContent): Promise<void> {
    await this.depot.store.write(name, content, { signal: this.#tools.signal });
  }

  /** Adds what is not there. While one change is on its way, all that comes meanwhile becomes the next. */
  async add(entries: readonly DepotEntry[]): Promise<void> {
    this.#pending.push(...entries);
    this.#writing ??= this.#writePending();
    await this.#writing;
  }

  /** Takes entries out, unless somebody has put others in their place meanwhile. Their archives stay, for nobody. */
  async remove(entries: readonly DepotEntry[]): Promise<void> {
    const gone = new Set(entries.map(nameEntry));
    await this.#change(async () => {
      const { index, version } = await this.#read();
      const left = index.entries.filter((entry) => !gone.has(nameEntry(entry)));
      if (left.length === index.entries.length) return undefined;
      return { entries: left, version, signatures: this.#signed(left, []) };
    });
  }

  /** Signs what is there, beside those who have signed it before. */
  async sign(): Promise<void> {
    await this.#change(async () => {
      const { index, version } = await this.#read();
      if (version === undefined) throw noIndex(this.depot);
      const signers = new Set(await signersOf(index, this.#tools.signal));
      const others = index.signatures.filter(({ key }) => signers.has(key));
      return { entries: index.entries, version, signatures: this.#signed(index.entries, others) };
    });
  }

  async #writePending(): Promise<void> {
    const { settleMs } = this.depot.store;
    const added: DepotEntry[] = [];
    try {
      for (let isSure = false; !isSure || this.#pending.length > 0; ) {
        added.push(...this.#pending.splice(0));
        isSure = !(await this.#change(() => this.#grown(added))) || settleMs === undefined;
        // Where a store cannot tell who was first, one looks again when everybody else must have written.
        if (!isSure && this.#pending.length === 0) await this.#tools.clock.sleep(settleMs ?? 0, this.#tools.signal);
      }
    } finally {
      this.#writing = undefined;
    }
  }

  /** Undefined when there is nothing to change. */
  async #grown(added: readonly DepotEntry[]): Promise<(DepotIndex & { version: string | undefined }) | undefined> {
    const { index, version } = await this.#read();
    const entries = withEntries(index.entries, added);
    if (version !== undefined && entries.length === index.entries.length) return undefined;
    return { entries, version, signatures: this.#signed(entries, []) };
  }

  /** False when there was nothing to change. */
  async #change(make: () => Promise<(DepotIndex & { version: string | undefined }) | undefined>): Promise<boolean> {
    const { clock, signal } = this.#tools;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const made = await make();
      if (made === undefined) return false;
      const onlyIf = made.version === undefined ? ('absent' as const) : { version: made.version };
      const bytes = Buffer.from(encodeIndex(made));
      if (await this.depot.store.write(DEPOT_INDEX, bytes, { onlyIf, signal })) return true;
      await clock.sleep(LONGEST_PAUSE_MS * randomShare(), signal);
    }
    const message = `Cannot change the index of depot "${this.depot.name}": others do so all the time`;
    throw new Failure('FETCH_FAILED', message, { hint: 'Run the command again: what was uploaded stays' });
  }

  #signed(entries: readonly DepotEntry[], others: readonly DepotSignature[]): DepotSignature[] {
    const { sign } = this.#seal;
    if (sign === undefined) return [...others];
    const own = { key: sign.publicKey, signature: sign.sign(signedText(entries)) };
    const all = [...others.filter(({ key }) => key !== own.key), own];
    if (all.length > MOST_SIGNATURES)
      throw new Failure(
        'DEPOT_INVALID',
        `Cannot sign depot "${this.depot.name}": ${all.length - 1} keys have done so`,
        {
          hint: 'A push of something new leaves the signature of whoever pushes, and no other: sign it then',
        },
      );
    return all.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  async #read(): Promise<Found> {
    const found = await readIndex(this.depot, this.#tools.signal);
    if (found === undefined || found.index.entries.length === 0) return { index: EMPTY_INDEX, version: found?.version };
    const { name } = this.depot;
    const { sign, demanded } = this.#seal;
    await demandTrust(name, found.index, demanded, this.#tools.signal);
    if (sign || found.index.signatures.length === 0) return found;
    const hint = 'Give the key with --sign-key or GALLEY_SIGN_KEY';
    throw new Failure('DEPOT_UNTRUSTED', `Cannot change depot "${name}" unsigned: its index is signed`, { hint });
  }
}

const nameEntry = (entry: DepotEntry): string => `${depotKey(entry)} ${entry.sha256}`;

/** From 0 up to 1. */
const randomShare = (): number => Number.parseInt(randomName(), 16) / 16 ** 12;
