// `galley sbom [query…]`: what the project consists of, as a bill of materials for others. Makes nothing.
import { BOM_FORMATS, BOM_SCOPES } from '../../build/supply/bom.ts';
import { Failure } from '../../model/failure.ts';
import type { Answer, Run } from '../answer.ts';
import { flagText, oneOf } from '../flags.ts';
import { openProject, tellIfEmpty } from '../open-project.ts';
import { writeResult } from '../write-result.ts';

export const run: Run = async (services, options): Promise<Answer> => {
  const { settings, args, flags } = options;
  const format = oneOf(BOM_FORMATS, flags, 'format');
  const scope = oneOf(BOM_SCOPES, flags, 'scope');
  const date = sourceDate(services.env);
  const session = await openProject(services, settings);
  tellIfEmpty(session, services);
  const { text, unmade } = await session.bom(args, { format, scope, date, name: flagText(flags, 'name') });
  if (unmade.length > 0) {
    const what = `${unmade.length} of its packages ${unmade.length === 1 ? 'is' : 'are'} not made yet`;
    services.emit({
      type: 'log.message',
      level: 'warn',
      text: `The bill says less than it could: ${what} (${unmade.join(', ')})`,
    });
  }
  return await writeResult(text, options, services);
};

/** https://reproducible-builds.org/specs/source-date-epoch/ */
function sourceDate({ SOURCE_DATE_EPOCH: epoch }: Readonly<Record<string, string | undefined>>): Date | undefined {
  if (!epoch) return undefined;
  const date = new Date(Number(epoch) * 1000);
  if (/^\d+$/.test(epoch) && !Number.isNaN(date.getTime())) return date;
  throw new Failure('SETTING_INVALID', `SOURCE_DATE_EPOCH is "${epoch}", expected seconds since 1970`);
}
