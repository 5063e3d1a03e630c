// Why an output was not placed, in words: what the system or a check said becomes one failure that names strategy,
// source, destination and the next step.
import { formatSize } from '../model/amount.ts';
import type { Code } from '../model/codes.ts';
import { Failure } from '../model/failure.ts';
import type { OutputSource } from '../model/output.ts';
import { STDIN } from '../system/courier/errand.ts';
import { errnoOf } from '../system/errno.ts';
import type { Placement } from './placement.ts';
import type { OutputStrategy } from './strategy.ts';

/** One way to place an output. */
export interface Way {
  strategy: OutputStrategy;
  source: OutputSource;
}

/** How messages and events call a source. */
export function nameOfSource(source: OutputSource): string {
  return source.kind === 'memory' ? source.name : source.file;
}

/** True for what is wrong with the source, so that another may do; what is wrong with the place is so for all. */
export function isOfSource({ facts }: Failure, source: OutputSource): boolean {
  return facts.path === (source.kind === 'memory' ? STDIN : source.file);
}

export function explain(failure: Failure, { strategy, source }: Way, { offer, file }: Placement): Failure {
  const ofSource = isOfSource(failure, source);
  const code = codeOf(failure, ofSource);
  const from = nameOfSource(source);
  const message = `Cannot place "${offer.product}" at "${file}" (strategy ${strategy.name}, from "${from}"): ${reasonOf(failure, ofSource)}`;
  const hint = failure.hint ?? HINTS[code]?.(failure, { ofSource, isCached: source.kind === 'cache' });
  return new Failure(code, message, {
    ...(hint === undefined ? {} : { hint }),
    facts: { ...failure.facts, strategy: strategy.name, source: from, destination: file },
    cause: failure,
  });
}

/** The cache does not have what it has published: that entry can be made anew. */
export function isDamage({ code, facts }: Failure): boolean {
  const isLost = code === 'VERIFICATION_FAILED' || code === 'SOURCE_NOT_FOUND';
  return isLost && facts.strategy === 'cache' && facts.path === facts.source;
}

/** The manifest or the command line excludes every strategy that could do it. */
export function noStrategy({ offer, file }: Placement, tried: readonly OutputStrategy[]): Failure {
  const { product, sources } = offer;
  const able = [...new Set(sources.map(({ kind }) => kind))];
  const names = tried.map(({ name }) => name).join(', ');
  return new Failure(
    'NO_COMPATIBLE_STRATEGY',
    `Cannot place "${product}" at "${file}": it comes from ${able.join(' or ')}, and only ${names} is to be tried`,
    {
      hint: `Add ${able.join(' or ')} to --output-strategy`,
      facts: { strategy: names, source: able, destination: file },
    },
  );
}

export function unfit({ offer, file }: Placement): Failure {
  const { product, unfit: kind } = offer;
  const [source] = offer.sources;
  // A text that is no word of a shell has nothing that it could be read from.
  const [strategy, from] = source ? [source.kind, nameOfSource(source)] : ['memory', product];
  const message = `Cannot place "${product}" at "${file}" (strategy ${strategy}, from "${from}"): it is ${kind}`;
  return new Failure('INCOMPATIBLE_SOURCE', message, {
    hint: 'Only files can be placed; let the recipe offer the file as a product',
    facts: { strategy, source: from, destination: file },
  });
}

function codeOf(failure: Failure, ofSource: boolean): Code {
  if (failure.code !== 'IO_ERROR') return failure.code;
  const errno = errnoOf(failure) ?? '';
  if (['EACCES', 'EPERM', 'EROFS'].includes(errno)) return 'PERMISSION_DENIED';
  if (ofSource && ['ENOENT', 'ENOTDIR'].includes(errno)) return 'SOURCE_NOT_FOUND';
  return 'IO_ERROR';
}

/** In the middle of a sentence, which has named the source already. */
function reasonOf({ code, message }: Failure, ofSource: boolean): string {
  if (code === 'IO_ERROR' && ofSource) return message.slice(message.lastIndexOf('": ') + 3);
  return /^Cannot [a-z]/.test(message) ? message.charAt(0).toLowerCase() + message.slice(1) : message;
}

type Hint = (failure: Failure, about: { ofSource: boolean; isCached: boolean }) => string;

const HINTS: Partial<Record<Code, Hint>> = {
  SOURCE_NOT_FOUND: (_, { isCached }) =>
    isCached ? 'Run galley build --rebuild to make the package anew' : 'Make it, or correct the path in its recipe',
  INCOMPATIBLE_SOURCE: () => 'Only files can be placed; let the recipe offer the file as a product',
  VERIFICATION_FAILED: (_, { ofSource }) =>
    ofSource
      ? 'Somebody or a failing disk has changed it; galley cache verify looks for more'
      : 'The disk or the memory of this machine may be failing: try another directory',
  // A quota, or somebody who took the room after we had looked, leaves more than is needed.
  INSUFFICIENT_SPACE: ({ facts: { needed, available } }) =>
    Number(needed) > Number(available)
      ? `Free ${formatSize(Number(needed) - Number(available))} there, or choose another directory`
      : 'See whether a quota or other programs take the room, or choose another directory',
  PERMISSION_DENIED: (_, { ofSource }) =>
    ofSource ? 'Let this user read it' : 'Choose a directory that this user may write to',
  COPY_TIMEOUT: () => 'See whether the file system of the directory answers; --copy-timeout allows more seconds',
  IO_ERROR: (failure) =>
    ['EEXIST', 'ENOTDIR'].includes(errnoOf(failure) ?? '')
      ? 'A file is where a directory has to be: move it away, or choose another directory'
      : 'See whether the disk is well, or choose another directory',
};
