import { expect, it } from 'vitest';
import { readLicense } from './license.ts';

const KNOWN = ['MIT', 'Apache-2.0', 'GPL-2.0', 'Classpath-exception-2.0'];
const read = (text: string) => readLicense(text, (name) => KNOWN.find((id) => id.toLowerCase() === name.toLowerCase()));

it.each<[string, object]>([
  ['MIT', { form: 'id', id: 'MIT' }],
  [' mit ', { form: 'id', id: 'MIT' }],
  ['mit OR apache-2.0', { form: 'expression', expression: 'MIT OR Apache-2.0' }],
  ['GPL-2.0+', { form: 'expression', expression: 'GPL-2.0+' }],
  ['LicenseRef-ours', { form: 'expression', expression: 'LicenseRef-ours' }],
  ['(MIT AND(GPL-2.0 WITH Classpath-exception-2.0))', expect.objectContaining({ form: 'expression' })],
  ['( ( MIT ) )', { form: 'expression', expression: '((MIT))' }],
])('reads %j', (text, license) => expect(read(text)).toEqual(license));

it.each([
  'Ours',
  'MIT OR Ours',
  'MIT or Apache-2.0',
  'MIT OR',
  'AND MIT',
  'MIT Apache-2.0',
  '(MIT',
  'MIT)',
  '()',
  'MIT WITH',
  'MIT WITH (GPL-2.0)',
  '+',
  '',
])('takes %j for words', (text) => expect(read(text)).toEqual({ form: 'words', words: text }));
