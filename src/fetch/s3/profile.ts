// The files that the AWS command line is configured with: `~/.aws/config` and `~/.aws/credentials`, one profile of them.
import path from 'node:path';
import { Failure } from '../../model/failure.ts';
import type { Files } from '../../system/files.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface AwsProfile {
  name: string;
  /** A setting; of a group of settings `s3.addressing_style`. Empty counts as absent. */
  get(setting: string): string | undefined;
}

/** Section and setting → value. */
type Sections = Map<string, Map<string, string>>;

/** @throws Failure INVALID_VALUE for a profile that is asked for by name and is in neither file */
export async function readProfile({ files, env }: { files: Files; env: Environment }): Promise<AwsProfile> {
  const home = path.join(env.HOME ?? '', '.aws');
  const read = async (named: string | undefined, name: string): Promise<Sections> => {
    const file = named || (env.HOME ? path.join(home, name) : undefined);
    return parseAwsConfig((file && (await files.findText(file))) ?? '');
  };
  const [config, credentials] = await Promise.all([
    read(env.AWS_CONFIG_FILE, 'config'),
    read(env.AWS_SHARED_CREDENTIALS_FILE, 'credentials'),
  ]);
  const asked = env.AWS_PROFILE || env.AWS_DEFAULT_PROFILE;
  const name = asked || 'default';
  // Where both files say something, the secret one counts.
  const sections = [credentials.get(name), config.get(`profile ${name}`), name === 'default' && config.get(name)];
  const found = sections.filter((section) => section instanceof Map);
  if (asked && found.length === 0) throw unknownProfile(asked, [...credentials.keys(), ...config.keys()]);
  const get = (setting: string) => found.map((section) => section.get(setting)).find(Boolean);
  const services = config.get(`services ${get('services')}`);
  return { name, get: (setting) => get(setting) ?? services?.get(setting) };
}

/** `[section]`, `name = value`, and groups: an empty value, with indented lines below it. */
export function parseAwsConfig(text: string): Sections {
  const sections: Sections = new Map();
  let section = new Map<string, string>();
  let group = '';
  for (const line of text.split(/\r?\n/)) {
    const [, heading] = /^\[\s*([^\]]+?)\s*\]/.exec(line) ?? [];
    if (heading !== undefined) {
      const name = heading.replace(/\s+/, ' ');
      section = sections.get(name) ?? new Map();
      sections.set(name, section);
    }
    const [, indent = '', name, value = ''] = /^(\s*)([^\s#;=[][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined) continue;
    if (indent === '') group = value === '' ? `${name}.` : '';
    // A comment may follow a value, after a space.
    section.set((indent === '' ? '' : group) + name, value.replace(/\s+[#;].*$/, ''));
  }
  return sections;
}

function unknownProfile(name: string, sections: readonly string[]): Failure {
  const known = [...new Set(sections.map((section) => section.replace(/^profile /, '')))];
  const hint = known.length === 0 ? 'There are none in ~/.aws' : `The profiles are ${known.join(', ')}`;
  return new Failure('INVALID_VALUE', `Cannot use AWS_PROFILE: there is no profile "${name}"`, { hint });
}
