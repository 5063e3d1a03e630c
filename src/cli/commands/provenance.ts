// `galley provenance [query…]`: who made assets from what, as statements that others can verify. Makes nothing.
import type { Run } from '../answer.ts';
import { openProject } from '../open-project.ts';
import { readSigningKey } from '../signing-key.ts';
import { writeResult } from '../write-result.ts';

export const run: Run = async (services, options) => {
  const { settings, args } = options;
  const key = await readSigningKey(settings, services);
  const session = await openProject(services, settings);
  return await writeResult((await session.provenance(args, key)).join('\n'), options, services);
};
