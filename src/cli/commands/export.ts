// `galley export [query…] --to <place>`: assets for a machine that this one cannot reach, as a directory that is a depot,
// or as the archive of one package.
import path from 'node:path';
import { Failure } from '../../model/failure.ts';
import type { Run } from '../answer.ts';
import { flagText } from '../flags.ts';
import { toJsonRow } from '../json.ts';
import { openProject } from '../open-project.ts';
import { shareProject } from '../share-project.ts';

const ARCHIVE = '.tar.zst';
const OTHER_ARCHIVE = /\.(?:tar(?:\.\w+)?|tgz|txz|zip|7z|deb)$/i;

export const run: Run = async (services, options) => {
  const { args, flags, settings } = options;
  const to = flagText(flags, 'to');
  if (to === undefined) {
    const hint = `Name a directory, or a file that ends in ${ARCHIVE} for one package`;
    throw new Failure('USAGE', 'Cannot export without --to', { hint });
  }
  const place = path.resolve(services.cwd, to);
  if (!place.endsWith(ARCHIVE) && OTHER_ARCHIVE.test(place)) {
    const hint = `A file is written as ${ARCHIVE}; any other name is that of a directory`;
    throw new Failure('USAGE', `Cannot export to "${to}": it is named like another kind of archive`, { hint });
  }
  if (!place.endsWith(ARCHIVE)) return await shareProject(services, options, args, place);
  const [query, ...others] = args;
  if (query === undefined || others.length > 0) {
    const hint = 'Name the one package; a directory, which becomes a depot, takes several';
    const what = query === undefined ? 'a whole project' : `${args.length} packages`;
    throw new Failure('USAGE', `Cannot export ${what} to one file`, { hint });
  }
  const session = await openProject(services, settings);
  if (settings.dryRun) {
    services.emit({ type: 'log.message', level: 'info', text: `Would write ${place}` });
    return { status: 0 };
  }
  const entry = await session.exportFile(query, place);
  return { status: 0, stdout: place, json: toJsonRow({ ...entry, file: place }) };
};
