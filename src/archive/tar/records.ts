// The records of an extended header (POSIX pax, "pax Extended Header"): what a block has no room for.

export interface TarRecord {
  key: string;
  value: string;
}

/**
 * Each is `<length> <key>=<value>\n`, where the length counts all of it. Programs guess differently at what is not so.
 *
 * @throws Error when it is not so
 */
export function decodeRecords(bytes: Buffer): TarRecord[] {
  const records: TarRecord[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [, digits = ''] = /^(\d{1,9}) /.exec(bytes.toString('latin1', at, at + 10)) ?? [];
    const end = at + Number(digits);
    const text = bytes.toString('utf8', at + digits.length + 1, end - 1);
    const middle = text.indexOf('=');
    if (digits === '' || bytes[end - 1] !== 0x0a || middle < 1)
      throw new Error('An extended header that is no list of records');
    records.push({ key: text.slice(0, middle), value: text.slice(middle + 1) });
    at = end;
  }
  return records;
}

/** What the last one says: where a key comes twice, the later counts. Nothing (`key=`) takes back what was said. */
export function findValue(records: readonly TarRecord[], key: string): string | undefined {
  return records.findLast((record) => record.key === key)?.value || undefined;
}

/** @throws Error when it is none */
export function parseCount(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new Error('A size that is no number');
  return value;
}
