// What a file of declarations says, with its comments: the types that authors see, and those of events.
import { readFileSync } from 'node:fs';
import ts from 'typescript';

export interface Declaration {
  name: string;
  doc: string;
  /** The type, of an alias. */
  type?: ts.TypeNode;
  /** Of an interface. */
  members: Member[];
  /** Names of the interfaces that it adds to. */
  bases: string[];
}

/** A field or a method. */
export interface Member {
  name: string;
  /** Of a method without its name: `(path: string): Promise<void>`. */
  type: string;
  doc: string;
  isOptional: boolean;
  isMethod: boolean;
}

export interface Declarations {
  /** The first comment: what the file is about. */
  about: string;
  /** In the order of the text; only what is exported. */
  all: Declaration[];
}

export function readDeclarations(file: string): Declarations {
  const tree = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const all = tree.statements.flatMap((statement): Declaration[] => {
    if (ts.isInterfaceDeclaration(statement)) return [interfaceOf(statement)];
    if (!ts.isTypeAliasDeclaration(statement)) return [];
    return [{ name: statement.name.text, doc: docOf(statement), type: statement.type, members: [], bases: [] }];
  });
  return { about: textOf(/\/\*\*.*?\*\//s.exec(tree.text)?.[0] ?? ''), all };
}

function interfaceOf(node: ts.InterfaceDeclaration): Declaration {
  const bases = (node.heritageClauses ?? []).flatMap(({ types }) =>
    types.map(({ expression }) => expression.getText()),
  );
  return { name: node.name.text, doc: docOf(node), members: membersOf(node.members), bases };
}

export function membersOf(nodes: readonly ts.TypeElement[]): Member[] {
  return nodes.flatMap((node): Member[] => {
    if (!ts.isPropertySignature(node) && !ts.isMethodSignature(node)) return [];
    const isMethod = ts.isMethodSignature(node);
    const parameters = isMethod ? `(${node.parameters.map((parameter) => parameter.getText()).join(', ')}): ` : '';
    const type = `${parameters}${node.type?.getText() ?? ''}`;
    return [{ name: node.name.getText(), type, doc: docOf(node), isOptional: !!node.questionToken, isMethod }];
  });
}

const docOf = (node: ts.Node): string => lastComment(node.getSourceFile().text.slice(node.pos, node.getStart()));

/** The text of the last comment for readers in a piece of source. */
export function lastComment(source: string): string {
  const comments = source.match(/\/\*\*.*?\*\//gs) ?? [];
  return textOf(comments.at(-1) ?? '');
}

function textOf(comment: string): string {
  return comment
    .replace(/^\/\*\*|\*\/$/g, '')
    .replace(/^ *\* ?/gm, '')
    .trim();
}

/** A comment in its parts: prose, and what stands behind each `@tag`. */
export function partsOf(doc: string): { prose: string; tags: { tag: string; text: string }[] } {
  const [prose = '', ...rest] = doc.split(/^@(?=param|returns|throws|example)/m);
  const tags = rest.map((part) => {
    const [, tag = '', text = ''] = /^(\w+)\s*(.*)$/s.exec(part) ?? [];
    return { tag, text: text.trim() };
  });
  return { prose: prose.trim(), tags };
}
