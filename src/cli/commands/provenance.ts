// `galley provenance [query…]`: who made assets from what, as statements that others can verify. Makes nothing.
import { readSigningKey } from '../../build/depot/seal.ts';
import type { Run } from '../answer.ts';
import { openProject } from '../open-project.ts';
import { writeResult } from '../write-result.ts';

export const run: Run = async (services, options) => {
  const { settings, args } = options;
  const key = settings.signKey === undefined ? undefined : await readSigningKey(settings.signKey, services.files);
  const session = await openProject(services, settings);
  return await writeResult((await session.provenance(args, key)).join('\n'), options, services);
};
