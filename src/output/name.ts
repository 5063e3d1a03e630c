// What an output is called: the name that was asked for, with what its platform appends, if that platform can have it.
import { Failure } from '../model/failure.ts';
import type { Platform } from '../model/platform.ts';

/** Under such a name Windows opens a device, whatever follows the first dot. */
const DEVICES = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)$/i;
/** File systems end names at 255 bytes, and the temporary that stands beside needs some of them. */
const MOST_BYTES = 200;

/**
 * `app-1.0` stays whole: for Windows it becomes `app-1.0.exe`. Data keeps its name.
 *
 * @throws Failure INVALID_VALUE
 */
export function outputName(name: string, { os }: Pick<Platform, 'os'>, isProgram: boolean): string {
  const full = os === 'windows' && isProgram && !/\.exe$/i.test(name) ? `${name}.exe` : name;
  const problem = problemOf(full, os);
  if (problem === undefined) return full;
  throw new Failure('INVALID_VALUE', `Cannot call an output for ${os} ${JSON.stringify(full)}: ${problem}`, {
    hint: 'Give the output another "name"',
  });
}

function problemOf(name: string, os: Platform['os']): string | undefined {
  if (name === '' || name === '.' || name === '..') return 'it names a directory';
  if (/[/\\]/.test(name)) return 'it has a separator of directories';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(name)) return 'it has a control character';
  if (new TextEncoder().encode(name).length > MOST_BYTES) return `it is longer than ${MOST_BYTES} bytes`;
  if (os !== 'windows') return undefined;
  if (DEVICES.test((name.split('.')[0] as string).trimEnd())) return 'Windows has a device of that name';
  if (/[<>:"|?*]/.test(name)) return 'Windows allows none of <>:"|?* in it';
  return /[. ]$/.test(name) ? 'Windows drops a dot or space at the end' : undefined;
}

/** Two names that are one file where the platform keeps its files. */
export function sameName(one: string, other: string, { os }: Pick<Platform, 'os'>): boolean {
  if (os === 'linux') return one === other;
  const fold = (name: string): string => name.normalize('NFC').toLowerCase();
  return fold(one) === fold(other);
}
