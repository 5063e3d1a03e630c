// The reference page of the event stream, from the union that all of galley speaks.
import path from 'node:path';
import ts from 'typescript';
import { EVENT_SCHEMA } from '../../model/event.ts';
import { PHASES } from '../../model/phase.ts';
import { type Declaration, lastComment, membersOf, readDeclarations } from './declarations.ts';
import { cell, code, page, table } from './markdown.ts';

const MODEL = path.join(import.meta.dirname, '../../model');

const ABOUT = `Everything that happens in a run is an event: one line of JSON with \`type\`, the time \`at\` in epoch milliseconds, and
the fields below. The terminal, plain lines, annotations and summaries are all made of this stream. \`--reporter json\` writes it to
stderr, \`--trace FILE\` to a file, and \`galley replay\` tells such a file again. The first event is \`run.started\`, whose
\`schema\` is ${EVENT_SCHEMA}; it is raised when the meaning of a field changes. New events and new fields do not raise it: pass
over what you do not know. A package that is settled – by the cache, a depot or its check – is silent about the phases it skips.`;

export function eventsPage(): string {
  const { all } = readDeclarations(path.join(MODEL, 'event.ts'));
  const named = (name: string) => all.find((one) => one.name === name) as Declaration;
  const events = membersOfUnion(named('EventBody').type as ts.TypeNode);
  return page('Events', [
    ABOUT,
    '## All of them',
    table(['event', 'fields', 'meaning'], events.map(rowOf)),
    '## Words in the fields',
    `**Phase**: the rungs of a package's ladder, from the bottom: ${PHASES.map(({ name }) => code(name)).join(', ')}.`,
    ...['LaneName', 'Outcome', 'TestOutcome'].flatMap((name) => wordsOf(named(name))),
    ...['FailureFacts', 'LockOwner'].flatMap((name) => fieldsOf(named(name))),
    'The codes of failures are in [errors](errors.md).',
  ]);
}

interface EventRow {
  type: string;
  fields: string[];
  doc: string;
}

function membersOfUnion(union: ts.TypeNode): EventRow[] {
  const members = ts.isUnionTypeNode(union) ? union.types.filter(ts.isTypeLiteralNode) : [];
  return members.map((member, at) => {
    // The comment of a member stands before its bar.
    const before = union.getSourceFile().text.slice(members[at - 1]?.end ?? union.pos, member.getStart());
    const [type, ...fields] = membersOf(member.members);
    const told = fields.map(({ name, isOptional, type }) => code(`${name}${isOptional ? '?' : ''}: ${type}`));
    const notes = fields.flatMap(({ name, doc }) => (doc === '' ? [] : [`\`${name}\`: ${doc}`]));
    return { type: type?.type.slice(1, -1) ?? '', fields: told, doc: [lastComment(before), ...notes].join(' ') };
  });
}

const rowOf = ({ type, fields, doc }: EventRow) => [`\`${type}\``, fields.join('<br>'), cell(doc)];

/** A union of words, each with a remark behind it. */
function wordsOf({ name, doc, type }: Declaration): string[] {
  const words = [...(type?.getText() ?? '').matchAll(/'(\w+)'(?:.*?\/\/ (.*))?/g)];
  const items = words.map(([, word, remark]) => `- \`${word}\`${remark === undefined ? '' : ` – ${remark}`}`);
  return [`**${name}**: ${doc}`, items.join('\n')];
}

function fieldsOf({ name, doc, members }: Declaration): string[] {
  const rows = members.map((one) => [`\`${one.name}${one.isOptional ? '?' : ''}\``, code(one.type), cell(one.doc)]);
  return [`**${name}**: ${doc}`, table(['field', 'type', 'meaning'], rows)];
}
