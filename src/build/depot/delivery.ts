// What one run pushes to a depot: archives first, each under a name of its own content, and then their lines of the index.
import path from 'node:path';
import type { EntryRef } from '../../cache/layout.ts';
import type { Asset } from '../../cache/record.ts';
import type { ObjectContent } from '../../fetch/object-store.ts';
import { type DepotEntry, depotKey } from '../../model/depot.ts';
import { sha256OfBytes } from '../../system/digest.ts';
import { randomName } from '../../system/temporary.ts';
import type { World } from '../world.ts';
import type { Ledger } from './ledger.ts';
import { packAsset } from './packing.ts';
import { testify, testimonyName } from './testimony.ts';

export interface Delivered {
  entry: DepotEntry;
  /** It was not there before. */
  added: boolean;
}

type Tools = Pick<World, 'cache' | 'emit' | 'files' | 'lanes' | 'signal'>;

export class Delivery {
  readonly ledger: Ledger;
  readonly #tools: Tools;
  readonly #all = new Map<string, Promise<Delivered>>();
  #there: Promise<ReadonlyMap<string, DepotEntry>> | undefined;

  constructor(ledger: Ledger, tools: Tools) {
    this.ledger = ledger;
    this.#tools = tools;
  }

  /**
   * Sees to it that the depot has an asset; asked again, it is done once.
   *
   * @param label what people call its package
   * @throws Failure NOT_PORTABLE, ASSET_DAMAGED, DEPOT_UNTRUSTED, DEPOT_INVALID, FETCH_FAILED, SOURCE_UNSUPPORTED
   */
  put(ref: EntryRef, asset: Asset, label: string): Promise<Delivered> {
    const known = this.#all.get(depotKey(ref)) ?? this.#tell(label, this.#deliver(ref, asset));
    this.#all.set(depotKey(ref), known);
    return known;
  }

  async #tell(label: string, delivering: Promise<Delivered>): Promise<Delivered> {
    const delivered = await delivering;
    const { entry, added } = delivered;
    const about = { package: label, key: entry.key, depot: this.ledger.depot.name };
    this.#tools.emit({ type: 'entry.exported', ...about, sizeBytes: entry.size, added });
    return delivered;
  }

  /** All that went well, sorted. */
  async delivered(): Promise<Delivered[]> {
    const ends = await Promise.allSettled(this.#all.values());
    const done = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
    return done.sort((a, b) => (depotKey(a.entry) < depotKey(b.entry) ? -1 : 1));
  }

  async #deliver(ref: EntryRef, asset: Asset): Promise<Delivered> {
    this.#there ??= this.ledger
      .index()
      .then(({ entries }) => new Map(entries.map((entry) => [depotKey(entry), entry])));
    const there = (await this.#there).get(depotKey(ref));
    if (there) return { entry: there, added: false };
    const entry = await this.#upload(ref, asset);
    await this.ledger.add([entry]);
    return { entry, added: true };
  }

  async #upload(ref: EntryRef, asset: Asset): Promise<DepotEntry> {
    const { cache, files, lanes, signal } = this.#tools;
    await using scratch = await cache.scratch(signal);
    const file = path.join(scratch.dir, randomName());
    const pack = () => packAsset(ref, asset, file, { files, layout: cache.layout, signal });
    const { entry, packed } = await lanes.use('cpu', pack, signal);
    const { sha256, sizeBytes } = packed;
    const { identity, platform, key } = ref;
    const row = { identity, platform, key, sha256, size: sizeBytes, url: archiveName(ref, sha256) };
    const send = (url: string, content: ObjectContent) =>
      lanes.use('network', () => this.ledger.upload(url, content), signal);
    await send(row.url, { file, sizeBytes, sha256 });
    const packedAsset = { ref, asset, entry, archive: row.url, sha256 };
    const testimony = await testify(packedAsset, { files, cache, key: this.ledger.signer });
    const provenance = testimony && describeTestimony(row.url, testimony);
    if (provenance) await send(provenance.url, testimony);
    return { ...row, ...(entry.root !== undefined && { root: entry.root }), ...(provenance && { provenance }) };
  }
}

/** Two runs may have made the same bytes, and would state it at other times. */
export function describeTestimony(archive: string, bytes: Uint8Array): NonNullable<DepotEntry['provenance']> {
  const sha256 = sha256OfBytes(bytes);
  return { url: testimonyName(`${archive}.${sha256.slice(0, 16)}`), sha256, size: bytes.length };
}

/**
 * Two machines may have built one entry, and not to the same bytes: neither may replace what the other's line of the index
 * promises. So the name says which bytes are meant.
 */
export function archiveName(ref: EntryRef, sha256: string): string {
  return `${depotKey(ref)}-${sha256.slice(0, 16)}.tar.zst`;
}
