// What runs shell strings: `default_shell` of a manifest, and what its function answers.
import type { DefaultShell, NamedShell, Shell } from '../model/manifest.ts';
import { strongDependencies } from './dependency.ts';
import { callable, choose, either, list, matching, oneOf, refine, type Shape, table, text } from './shape.ts';

const NAMES = ['bash', 'sh', 'powershell', 'cmd'] as const satisfies readonly NamedShell[];

const named: Shape<Shell> = refine(oneOf(NAMES), (name) => ({ form: 'named', name }));

const argv = refine(list(text, 'a list: a program and its arguments'), (words, at) =>
  words.length > 0 ? words : at.refuse(`${at.subject} is empty, expected a program and its arguments`),
);

/** Written with or without its dot. */
const ending: Shape<string> = matching('the ending of a file name such as ".sh"', (word) =>
  /^\.?[A-Za-z0-9]+$/.test(word) ? `.${word.replace('.', '')}` : undefined,
);

const file: Shape<Shell> = refine(table({ required: { file: argv, ext: ending } }), ({ file, ext }) => {
  return { form: 'file', argv: file, ext };
});

const inline: Shape<Shell> = refine(table({ required: { inline: argv } }), ({ inline }) => ({
  form: 'inline',
  argv: inline,
}));

const made: Shape<DefaultShell> = refine(
  table({ required: { shell: callable }, optional: { dependencies: strongDependencies } }),
  ({ shell, dependencies = [] }) => ({ form: 'function', dependencies, shell }),
);

/** A shell as data. */
export const shell: Shape<Shell> = either(
  named,
  choose('a table { file, ext } or { inline }', (form) => (Object.hasOwn(form, 'inline') ? inline : file)),
);

export const defaultShell: Shape<DefaultShell> = either(
  named,
  choose('a table { file, ext }, { inline } or { dependencies, shell }', (form): Shape<DefaultShell> => {
    if (Object.hasOwn(form, 'inline')) return inline;
    return Object.hasOwn(form, 'file') ? file : made;
  }),
);
