// `galley outdated [query…]`: a table of what there is that galley.lock does not have. Changes nothing.
import type { OutdatedAnswer } from '../../build/lock/outdated.ts';
import type { Run } from '../answer.ts';
import { formatColumns } from '../columns.ts';
import { toJsonRow } from '../json.ts';
import { openProject } from '../open-project.ts';

const HEAD = ['package', 'source', 'current', 'wanted', 'latest'];

export const run: Run = async (services, { settings, args, flags }) => {
  const session = await openProject(services, settings);
  const answer = await session.outdated(args);
  for (const { package: name, source, reason } of answer.unknown) {
    const text = `Nobody knows whether "${source}" of ${name} is outdated: ${reason}`;
    services.emit({ type: 'log.message', level: 'warn', text });
  }
  const alike = answer.sameSize.length;
  if (alike > 0) {
    const text = `${alike === 1 ? 'One file was' : `${alike} files were`} compared by size only, and had the same: "galley update --dry-run" compares their bytes`;
    services.emit({ type: 'log.message', level: 'info', text });
  }
  if (answer.outdated.length === 0) services.emit({ type: 'log.message', level: 'info', text: nothingNewer(answer) });
  const rows = answer.outdated.map((row) => [row.package, row.source, row.current, row.wanted, row.latest]);
  return {
    status: flags['exit-status'] === true && rows.length > 0 ? 1 : 0,
    ...(rows.length > 0 && { stdout: formatColumns([HEAD, ...rows]) }),
    json: toJsonRow(answer),
  };
};

function nothingNewer({ asked, unknown }: OutdatedAnswer): string {
  const answered = asked - unknown.length;
  if (asked === 0) return 'Nothing to ask: no source of these packages is one that galley.lock pins';
  return `${answered} of ${asked} ${asked === 1 ? 'source' : 'sources'} asked, and nothing newer found`;
}
