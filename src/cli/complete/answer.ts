// `galley __complete`, which the scripts of `galley completion` call at a key press: as little of the program as can be
// is loaded for it, and whatever goes wrong is not told in the middle of a line that somebody types.
import { findAbove } from '../quick.ts';
import { complete } from './complete.ts';
import { splitLine } from './line.ts';
import { NO_NAMES, readProjectNames } from './project.ts';

interface Surroundings {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
}

/**
 * The first line says what the shell adds of its own: nothing, files, directories or commands. Each other is a candidate,
 * and behind a tab what it means.
 *
 * @param args the words that were typed, all after `--`, or `--line` and the line up to the cursor
 */
export function answerCompletion(args: readonly string[], { cwd, env }: Surroundings): string {
  const words = args[0] === '--line' ? splitLine(args[1] ?? '') : args.slice(1);
  const { candidates, addition } = complete(words, () => {
    const manifest = manifestOf(words, env) ?? findAbove(cwd);
    if (manifest === undefined) return NO_NAMES;
    return readProjectNames(manifest.startsWith('/') ? manifest : `${cwd}/${manifest}`);
  });
  const lines = candidates.map(({ value, meaning }) => (meaning === '' ? value : `${value}\t${meaning}`));
  return `${[addition, ...lines].join('\n')}\n`;
}

function manifestOf(words: readonly string[], env: Surroundings['env']): string | undefined {
  const given = words.lastIndexOf('--manifest');
  const joined = words.find((word) => word.startsWith('--manifest='))?.slice('--manifest='.length);
  return joined ?? (given < 0 ? undefined : words[given + 1]) ?? env.GALLEY_MANIFEST;
}
