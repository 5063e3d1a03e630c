// `galley version`: which galley this is.
import { formatPlatform } from '../../model/platform.ts';
import type { Run } from '../answer.ts';

export const run: Run = async ({ version, platform }) => ({
  status: 0,
  stdout: version,
  json: { version, platform: formatPlatform(platform) },
});
