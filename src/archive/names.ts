// What names inside an archive may say, as pure functions: nobody may be led out of the directory that is unpacked
// into. Knows nothing of archive formats, and nothing of what is on the disk.

/** PATH_MAX of Linux, with its final NUL. */
export const LONGEST_NAME_BYTES = 4095;
/** Every level is a directory held open; nested node_modules, the deepest trees met, stay below 80. */
const DEEPEST = 200;

/** Why an entry may not have this name, or undefined. */
export function findNameProblem(name: string): string | undefined {
  if (name === '') return 'has no name';
  if (name.includes('\0')) return 'has a NUL character in its name';
  if (name.startsWith('/')) return 'has an absolute path';
  const steps = name.split('/');
  if (steps.includes('..')) return 'leaves the directory';
  if (steps.length > DEEPEST) return `is more than ${DEEPEST} directories deep`;
  if (Buffer.byteLength(name) > LONGEST_NAME_BYTES) return `has a name longer than ${LONGEST_NAME_BYTES} bytes`;
  return undefined;
}

/**
 * The steps of a name that is no problem; none for the directory itself (`./`). What cannot be written as UTF-8 is
 * replaced here and not by the system, so that a file is known by the name that it has.
 */
export function splitName(name: string): string[] {
  return name
    .toWellFormed()
    .split('/')
    .filter((step) => step !== '' && step !== '.');
}

/** Something in it was not Unicode and was replaced: another name may have become the same. */
export function isMended(steps: readonly string[]): boolean {
  return steps.some((step) => step.includes('\ufffd'));
}

/**
 * Why a symbolic link may not point there, or undefined.
 *
 * A target may climb only at its beginning, and not above the directory that is unpacked into. The directories above
 * a link are real ones, so counting is exact there; after a name it is not, as that name may itself be a link:
 * with `up -> ..` inside, `up/..` leads somewhere else than it seems to.
 */
export function findTargetProblem(target: string, depth: number): string | undefined {
  if (target === '') return 'is a link without target';
  if (target.includes('\0')) return 'has a NUL character in its target';
  if (target.startsWith('/')) return `is a link to "${target}", an absolute path`;
  const steps = splitName(target);
  const climbs = steps.findIndex((step) => step !== '..');
  const up = climbs === -1 ? steps.length : climbs;
  if (up > depth) return `is a link to "${target}", which leaves the directory`;
  if (steps.indexOf('..', up) !== -1) return `is a link to "${target}", which climbs after a name`;
  return undefined;
}
