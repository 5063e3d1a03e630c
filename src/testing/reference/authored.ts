// The reference pages of what authors write, from the declarations that their editors show them.
import path from 'node:path';
import { type Declaration, type Member, partsOf, readDeclarations } from './declarations.ts';
import { cell, code, fence, page, table } from './markdown.ts';

const TYPES = path.join(import.meta.dirname, '../../../runtime/types');

/** Exports of `galley.js` and `galley-bundle.js`. */
export const manifestPage = (): string => modulePage('Manifest', 'manifest', 'Manifest');

export const recipePage = (): string => modulePage('Recipe', 'recipe', 'Recipe');

/** The page of a module: its exports first, then each type. */
function modulePage(name: string, file: string, whole: string): string {
  const { about, all } = readDeclarations(path.join(TYPES, `${file}.d.ts`));
  const byName = new Map(all.map((one) => [one.name, one]));
  const exported = byName.get(whole) as Declaration;
  const rows = exported.members.map((member) => [
    member.isOptional ? `\`${member.name}\`` : `\`${member.name}\` (required)`,
    linked(member.type),
    cell(partsOf(member.doc || summaryOf(byName, member)).prose),
  ]);
  const others = all.filter((one) => one !== exported && !isTrivial(one));
  return page(name, [
    ...docParts(about),
    '## Exports',
    table(['export', 'type', 'meaning'], rows),
    ...examplesOf(exported),
    ...others.flatMap(sectionOf),
  ]);
}

/** `ctx`, by the phases that have it: fields as a table, and a section for each function. */
export function ctxPage(): string {
  const { about, all } = readDeclarations(path.join(TYPES, 'ctx.d.ts'));
  const sections = all.filter((one) => !isTrivial(one)).sort((a, b) => Number(isContext(b)) - Number(isContext(a)));
  return page('ctx', [...docParts(about), ...sections.flatMap(sectionOf)]);
}

const isContext = ({ name }: Declaration): boolean => name.endsWith('Context');

/** Says nothing that its users do not say. */
const isTrivial = ({ doc, members }: Declaration): boolean => doc === '' && members.length === 0;

/** An export without a comment of its own has the meaning of its type, which says "Export `name`: …" at first. */
function summaryOf(byName: Map<string, Declaration>, { type }: Member): string {
  const doc = byName.get(/^\w+/.exec(type)?.[0] ?? '')?.doc ?? '';
  const prose = partsOf(doc).prose.replace(/^Export `\w+`(?: \(required\))?[:.]\s/, '');
  const [meaning = ''] = prose.split(/(?<=\.)\s/);
  return meaning.charAt(0).toUpperCase() + meaning.slice(1);
}

const PAGE_OF = new Map(
  ['ctx', 'recipe', 'manifest'].flatMap((file) =>
    readDeclarations(path.join(TYPES, `${file}.d.ts`)).all.map(({ name }) => [name, file] as const),
  ),
);

/** A type that is nothing but a name, or a list of one, leads to its section. */
function linked(type: string): string {
  const [, before = '', name = '', after = ''] = /^(readonly )?(\w+)((?:<\w+>)?(?:\[\])?)$/.exec(type) ?? [];
  const file = PAGE_OF.get(name);
  if (file === undefined) return code(type);
  return `${before}[${name}](${file}.md#${name.toLowerCase()})${after.replace(/<\w+>/, '')}`;
}

function sectionOf(one: Declaration): string[] {
  const [methods, fields] = [one.members.filter(({ isMethod }) => isMethod), one.members.filter((m) => !m.isMethod)];
  const based = one.bases.map((base) => `All of ${linked(base)}, and:`);
  return [
    `## ${one.name}`,
    ...docParts(one.doc),
    ...based,
    ...(one.type ? [fence(dedented(one.type.getText()).split('\n'))] : []),
    ...(fields.length > 0 ? [table(['field', 'type', 'meaning'], fields.map(fieldRow))] : []),
    ...methods.flatMap((method) => methodParts(method, isContext(one))),
  ];
}

function fieldRow({ name, type, doc, isOptional }: Member): string[] {
  return [`\`${name}${isOptional ? '?' : ''}\``, linked(type.replace(/\/\*\*.*?\*\//gs, '')), cell(partsOf(doc).prose)];
}

function methodParts({ name, type, doc }: Member, isOfContext: boolean): string[] {
  const called = isOfContext ? `ctx.${name}` : name;
  return [`### ${called}`, fence([`${called}${type.replace(/\s+/g, ' ')}`]), ...docParts(doc)];
}

function examplesOf({ members }: Declaration): string[] {
  return members.flatMap(({ name, doc }) => {
    const examples = partsOf(doc).tags.filter(({ tag }) => tag === 'example');
    return examples.flatMap(({ text }) => [`For example \`${name}\`:`, example(text)]);
  });
}

/** A comment as paragraphs: its prose, parameters and errors as a list, and its example. */
function docParts(doc: string): string[] {
  const { prose, tags } = partsOf(doc);
  const items = tags.flatMap(({ tag, text }) => {
    const words = text.replace(/\s+/g, ' ');
    if (tag === 'param') return [`- ${words.replace(/^(\w+) /, '`$1`: ')}`];
    if (tag === 'returns') return [`- Answers ${words}`];
    if (tag === 'throws') return [`- Fails with ${words.replace(/\b[A-Z]+(_[A-Z]+)+\b|\bOFFLINE\b/g, errorLink)}`];
    return [];
  });
  const examples = tags.flatMap(({ tag, text }) => (tag === 'example' ? [example(text)] : []));
  return [...(prose === '' ? [] : [prose]), ...(items.length > 0 ? [items.join('\n')] : []), ...examples];
}

/** Checked with its types where it comes from. */
const example = (text: string): string => text.replace(/^```js \w+/, '```js typed');

const errorLink = (name: string): string => `[${name}](errors/${name}.md)`;

/** The first line of a type begins where its text does, the others where the file has them. */
function dedented(text: string): string {
  return text.replace(/^\n? {2}(?=[|}])/gm, '').trim();
}
