// Other places for what lies below an address, and where they put it.
import { findLongest, restAfter } from './prefix.ts';

export interface Mirror {
  /** Of the addresses it stands in for. */
  prefix: string;
  /** What takes the place of the prefix, in the order in which they are asked; may carry credentials. */
  places: readonly string[];
  /** The address itself is asked when no place has it. */
  opensUpstream: boolean;
}

/** Where an address is asked for, in this order. Without a mirror, only there. */
export interface Way {
  url: string;
  /** Undefined: the address itself. */
  mirror?: string;
}

export function waysTo(address: string, mirrors: readonly Mirror[]): [Way, ...Way[]] {
  const direct: Way = { url: address };
  const mirror = findLongest(mirrors, address);
  if (mirror === undefined) return [direct];
  const rest = restAfter(mirror.prefix, address) ?? '';
  const [first, ...others] = mirror.places.map((place) => ({ url: `${place}${rest}`, mirror: place }));
  if (first === undefined) return [direct];
  return [first, ...others, ...(mirror.opensUpstream ? [direct] : [])];
}
