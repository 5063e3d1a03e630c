import { expect, test } from 'vitest';
import { splitCommand } from './chain.ts';
import { parseAwsConfig } from './profile.ts';

test('sections, groups and comments are read as the AWS command line writes them', () => {
  const sections = parseAwsConfig(`# mine
region = nowhere
[default]
region=eu-west-1 ; home
s3 =
  addressing_style = virtual
  max_queue_size = 5
output = json
[profile  dev]
aws_access_key_id = a=b
`);
  expect([...(sections.get('default') ?? [])]).toEqual([
    ['region', 'eu-west-1'],
    ['s3', ''],
    ['s3.addressing_style', 'virtual'],
    ['s3.max_queue_size', '5'],
    ['output', 'json'],
  ]);
  expect(sections.get('profile dev')?.get('aws_access_key_id')).toBe('a=b');
  expect(sections.size).toBe(2);
});

test('a command is words and quotes, and nothing in it is expanded', () => {
  expect(splitCommand(`"/a b/helper" --x='y z' $HOME  ''`)).toEqual(['/a b/helper', '--x=y z', '$HOME', '']);
});
