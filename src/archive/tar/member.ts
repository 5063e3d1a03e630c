// One member of a tar with all that is said of it: its own block, and what stands before it in members that are no files
// (long names of GNU, records of pax). Where two programs would understand two things, it is refused.
import type { Unpacking } from '../unpacking.ts';
import { decodeBlock, TAR_BLOCK_BYTES, type TarBlock } from './block.ts';
import type { Reading } from './feed.ts';
import { decodeRecords, findValue, parseCount, type TarRecord } from './records.ts';

export interface TarMember {
  flag: string;
  name: string;
  target: string;
  mode: number;
  /** Of what follows in the archive. */
  sizeBytes: number;
  records: readonly TarRecord[];
  block: TarBlock;
}

/** The descriptions of a member may have so much: lists of attributes are the longest. */
const LARGEST_DESCRIPTION_BYTES = 4 * 2 ** 20;
/** Members that describe the next one, by what they hold: long names, long targets, records (Solaris calls them X). */
const DESCRIPTIONS: Record<string, 'name' | 'target' | 'records'> = {
  L: 'name',
  K: 'target',
  x: 'records',
  X: 'records',
};
const GLOBAL_RECORDS = 'g';

/** What a file may not be told together with all others: some programs take it for each file, some for the next, some not. */
const OWN_KEYS = /^(path|linkpath|size|GNU\.sparse\..*)$/;

interface Told {
  name?: Buffer;
  target?: Buffer;
  records?: Buffer;
}

/** The next member; undefined at the end. */
export function* readMember(unpacking: Unpacking): Reading<TarMember | undefined> {
  const told: Told = {};
  let isTwice = false;
  for (;;) {
    const block = decodeBlock(yield { whole: TAR_BLOCK_BYTES });
    if (block === undefined && Object.keys(told).length > 0) throw new Error('A description of nothing');
    if (block === undefined) return undefined;
    const field = DESCRIPTIONS[block.flag];
    if (field === undefined && block.flag !== GLOBAL_RECORDS) {
      const member = described(block, told);
      if (isTwice || isToldDifferently(member, told))
        throw unpacking.refusal(member, 'is described twice, and programs differ in what counts');
      return member;
    }
    const text = yield* readDescription(block);
    if (field === undefined) checkGlobal(text, unpacking);
    else {
      isTwice ||= told[field] !== undefined;
      told[field] = text;
    }
  }
}

function* readDescription({ sizeBytes }: TarBlock): Reading<Buffer> {
  if (sizeBytes > LARGEST_DESCRIPTION_BYTES) throw new Error('An extended header that is too large');
  const text = yield { whole: sizeBytes };
  yield { whole: paddingBytes(sizeBytes) };
  return text;
}

function checkGlobal(text: Buffer, unpacking: Unpacking): void {
  const own = decodeRecords(text).find(({ key }) => OWN_KEYS.test(key));
  if (own === undefined) return;
  throw unpacking.fail(
    'ARCHIVE_UNSAFE',
    `it says "${own.key}" for all its files at once, and programs differ in what counts`,
  );
}

function described(block: TarBlock, told: Told): TarMember {
  const records = told.records === undefined ? [] : decodeRecords(told.records);
  const sizeText = findValue(records, 'size');
  return {
    ...block,
    block,
    records,
    name: findValue(records, 'path') ?? textOf(told.name) ?? block.name,
    target: findValue(records, 'linkpath') ?? textOf(told.target) ?? block.target,
    sizeBytes: sizeText === undefined ? block.sizeBytes : parseCount(sizeText),
  };
}

/** In the way of GNU and in that of pax: the former counts for some, the latter for others. */
function isToldDifferently({ records }: TarMember, told: Told): boolean {
  const ways = [
    [textOf(told.name), findValue(records, 'path')],
    [textOf(told.target), findValue(records, 'linkpath')],
  ];
  return ways.some(([gnu, pax]) => gnu !== undefined && pax !== undefined && gnu !== pax);
}

function textOf(bytes: Buffer | undefined): string | undefined {
  return bytes?.toString('utf8').split('\0', 1)[0];
}

/** What follows a content up to the next block. */
export function paddingBytes(sizeBytes: number): number {
  return (TAR_BLOCK_BYTES - (sizeBytes % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES;
}
