// `ctx.mark_install_complete()`: the install says that install_dir holds the asset. Marking twice is marking once.
import { Failure } from '../../model/failure.ts';
import { isUserManaged } from '../../model/recipe.ts';
import { loadedOf } from '../package.ts';
import type { Method } from './table.ts';

export const markInstallComplete: Method = async (_args, { pkg }) => {
  if (isUserManaged(loadedOf(pkg).recipe)) {
    throw new Failure(
      'CHECK_OWNS_NO_ASSET',
      `${pkg.label} has a check, so its install may not call ctx.mark_install_complete()`,
      {
        hint: 'Remove "check" to leave an asset in the cache, or remove the call to wrap something outside the cache',
        package: pkg.label,
      },
    );
  }
  pkg.marked = true;
  return undefined;
};
