// The version of galley, from the one place that has it.
import packageFile from '../package.json' with { type: 'json' };

export const VERSION = packageFile.version;
