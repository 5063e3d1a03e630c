// `galley provenance [query…]`: who made assets from what, as statements that others can verify. Makes nothing.
import { readSigningKey } from '../../build/depot/seal.ts';
import type { Run } from '../answer.ts';
import { openProject } from '../open-project.ts';
import { untilStopped } from '../until-stopped.ts';
import { writeResult } from '../write-result.ts';

export const run: Run = async (services, options, signal) => {
  const { settings, args } = options;
  const key = settings.signKey === undefined ? undefined : await readSigningKey(settings.signKey, services.files);
  const session = await openProject(services, settings);
  const lines = await untilStopped(session.provenance(args, key), signal);
  return await writeResult(lines.join('\n'), options, services);
};
