// The depots of a run, in the order in which they are asked. Their indexes are read when the first package is missing,
// all at once and each once; one that cannot be used is told once, and the run goes on without it.

import type { EntryRef } from '../../cache/layout.ts';
import { type DepotEntry, type DepotIndex, depotKey } from '../../model/depot.ts';
import { describeError } from '../../model/facts.ts';
import { Failure, isFailure } from '../../model/failure.ts';
import type { PublicKey } from '../../model/public-key.ts';
import { redactUrl } from '../../model/redact.ts';
import type { World } from '../world.ts';
import { type Depot, demandTrust, noIndex, openDepot } from './depot.ts';
import { lookUpIndex } from './remembered.ts';

/** An archive that a depot has. */
export interface Offer {
  depot: Depot;
  entry: DepotEntry;
}

type Tools = Pick<World, 'cache' | 'fetcher' | 'files' | 'emit' | 'signal'>;

/** Whoever waits for a depot could build meanwhile. */
const PATIENCE_MS = 10_000;

export class Depots {
  readonly #addresses: readonly string[];
  /** Whose signatures count; when there are none, all are believed. */
  readonly keys: readonly PublicKey[];
  readonly #tools: Tools;
  #asked: Promise<(Consulted | undefined)[]> | undefined;
  /** Not to be asked again in this run. */
  readonly #lost = new Set<string>();
  readonly #told = new Set<string>();

  constructor(addresses: readonly string[], keys: readonly PublicKey[], tools: Tools) {
    this.#addresses = [...new Set(addresses)];
    this.keys = keys;
    this.#tools = tools;
  }

  get isEmpty(): boolean {
    return this.#addresses.length === 0;
  }

  /** The archives of an entry, best first. */
  async offers(ref: EntryRef): Promise<Offer[]> {
    this.#asked ??= Promise.all(this.#addresses.map((address) => this.#consult(address)));
    const { rootDir } = this.#tools.cache.layout;
    return (await this.#asked).flatMap((consulted) => {
      const entry = consulted?.entries.get(depotKey(ref));
      if (!consulted || !entry) return [];
      return entry.root === undefined || entry.root === rootDir ? [{ depot: consulted.depot, entry }] : [];
    });
  }

  /** Whether a depot was given up since it was consulted. */
  isLost({ address }: Depot): boolean {
    return this.#lost.has(address);
  }

  /** Tells why something of a depot is not used: to people once, as one reason usually has many effects. */
  refuse(address: string, error: Failure, owner?: string): void {
    const isOffline = isFailure(error, 'OFFLINE');
    // A server that does not answer would not answer for a hundred packages.
    if (isOffline || isFailure(error, 'FETCH_FAILED')) this.#lost.add(address);
    // Nobody who wants no network has to hear that there is none.
    const isKnown = isOffline || this.#told.has(address);
    this.#told.add(address);
    const about = { depot: redactUrl(address), ...(owner !== undefined && { package: owner }) };
    this.#tools.emit({ type: 'depot.refused', ...about, error: describeError(error)[0], isKnown });
  }

  async #consult(address: string): Promise<Consulted | undefined> {
    const { emit, fetcher, signal } = this.#tools;
    const late = AbortSignal.timeout(PATIENCE_MS);
    try {
      const depot = openDepot(address, fetcher);
      const { index, from } = await this.#read(depot, AbortSignal.any([signal, late]));
      const { entries } = index;
      emit({ type: 'depot.consulted', depot: depot.name, entries: entries.length, from });
      return { depot, entries: new Map(entries.map((entry) => [depotKey(entry), entry])) };
    } catch (error) {
      if (signal.aborted) throw error;
      const failure = late.aborted ? tooLate(address) : error;
      if (!isFailure(failure)) throw failure;
      this.refuse(address, failure);
      return undefined;
    }
  }

  async #read(depot: Depot, signal: AbortSignal) {
    const { files, cache } = this.#tools;
    const believe = (index: DepotIndex) => demandTrust(depot.name, index, this.keys, this.#tools.signal);
    const found = await lookUpIndex(depot, { files, layout: cache.layout, signal }, believe);
    if (found !== undefined) return found;
    throw noIndex(depot);
  }
}

function tooLate(address: string): Failure {
  const message = `Cannot use depot "${redactUrl(address)}": it has not answered in ${PATIENCE_MS / 1000} s`;
  return new Failure('FETCH_FAILED', message);
}

interface Consulted {
  depot: Depot;
  entries: ReadonlyMap<string, DepotEntry>;
}
