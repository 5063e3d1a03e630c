// Finds the place in a module's text that a problem is about. Done only when a problem is shown: parsing every recipe in
// case it is wrong would cost more than reading it. Knows syntax, and nothing of what the values mean.
import type { Expression, Identifier, Literal, ModuleDeclaration, Node, Program, Property, Statement } from 'acorn';
import type { Diagnostic, ValuePath } from '../model/diagnostic.ts';
import { isFailure } from '../model/failure.ts';
import { comparePlaces, formatLocation, type Location } from '../model/location.ts';
import { Problems } from '../model/problems.ts';
import type { Files } from '../system/files.ts';
import { findJsonSpot } from './json-offset.ts';

type Reading = Pick<Files, 'findText'>;

/** The place of one value of a module: `["setup", "udev", "check"]`. */
export async function locateValue(file: string, path: ValuePath, files: Reading): Promise<Location | undefined> {
  const module = await outline(await files.findText(file));
  return module && { file, ...findSpot(module, path, false) };
}

/** Does work for one value of a module; a failure that has no place gets that of the value. */
export async function pointAt<T>(
  { file, path }: Pick<Diagnostic, 'file' | 'path'>,
  files: Reading,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const location = isFailure(error) && !error.location ? await locateValue(file, path, files) : undefined;
    throw location && isFailure(error) ? error.at(location) : error;
  }
}

/** The same error; where it stands for problems of a text, or is about a value in one, with the places. */
export async function locateError(error: unknown, files: Reading): Promise<unknown> {
  if (isFailure(error) && error.about && !error.location) {
    const { message, code, about } = error;
    const [{ location, notes } = about as Diagnostic] = await withLocations([{ message, code, ...about }], files);
    return error.at({ ...(location && { location }), ...(notes && { notes }) });
  }
  if (!(error instanceof Problems)) return error;
  return new Problems((await withLocations(error.diagnostics, files)) as [Diagnostic, ...Diagnostic[]]);
}

/**
 * The problems in the order of the text, each with its place. One whose file cannot be read or parsed any more stays
 * without.
 */
export async function withLocations(problems: readonly Diagnostic[], files: Reading): Promise<Diagnostic[]> {
  const modules = new Map<string, Promise<Outline | undefined>>();
  const find = async (file: string, path: ValuePath, atKey: boolean): Promise<Location | undefined> => {
    if (file.endsWith('.json')) {
      const text = await files.findText(file);
      return text === undefined ? undefined : { file, ...findJsonSpot(text, path, atKey) };
    }
    const module = modules.get(file) ?? files.findText(file).then(outline);
    modules.set(file, module);
    const found = await module;
    return found && { file, ...findSpot(found, path, atKey) };
  };
  const locate = async (problem: Diagnostic): Promise<Diagnostic> => {
    const { also, notes = [], ...told } = problem;
    const location = told.location ?? (await find(told.file, told.path, told.atKey ?? false));
    const other = also && (await find(also.file, also.path, false));
    const all = also && other ? [...notes, `${formatLocation(other)}: ${also.note}`] : notes;
    return {
      ...told,
      ...(all.length > 0 && { notes: all }),
      ...(location && { location }),
    };
  };
  const located = await Promise.all(problems.map(locate));
  const sorted = located.sort((a, b) => comparePlaces(a.location, b.location));
  const seen = new Set<string>();
  return sorted.filter((problem) => {
    const same = samenessOf(problem);
    const isNew = same === undefined || !seen.has(same);
    if (same !== undefined) seen.add(same);
    return isNew;
  });
}

/** Two ways through the same text may find one problem. */
function samenessOf({ code, message, location }: Diagnostic): string | undefined {
  return location && [code, formatLocation(location), message].join('\n');
}

/** Something with a name: an export, a field, or an element, which is its own name. */
interface Named {
  key: Node;
  value: Node;
}

/** A module's text with its top-level names. */
interface Outline {
  lines: string[];
  exports: Map<string, Named>;
  bindings: Map<string, Node>;
}

async function outline(text: string | undefined): Promise<Outline | undefined> {
  if (text === undefined) return undefined;
  const { parse } = await import('acorn');
  let program: Program;
  try {
    program = parse(text, { ecmaVersion: 'latest', sourceType: 'module', locations: true });
  } catch {
    return undefined;
  }
  const result: Outline = { lines: text.split(/\r\n|[\n\r\u2028\u2029]/), exports: new Map(), bindings: new Map() };
  for (const statement of program.body) {
    for (const { name, ...named } of declared(statement)) {
      result.bindings.set(name, named.value);
      if (statement.type === 'ExportNamedDeclaration') result.exports.set(name, named);
    }
    for (const { name, ...named } of reExported(statement)) result.exports.set(name, named);
  }
  return result;
}

type NamedAs = Named & { name: string };

/** What a top-level statement declares: `const a = …`, `function b() {}`, exported or not. */
function declared(statement: Statement | ModuleDeclaration): NamedAs[] {
  const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
  if (declaration?.type === 'FunctionDeclaration' || declaration?.type === 'ClassDeclaration') {
    return [{ name: declaration.id.name, key: declaration.id, value: declaration }];
  }
  if (declaration?.type !== 'VariableDeclaration') return [];
  return declaration.declarations.flatMap(({ id, init }) =>
    id.type === 'Identifier' && init ? [{ name: id.name, key: id, value: init }] : [],
  );
}

/** `export { x as y }`, `export default …`. What another module holds is shown at the word that brings it here. */
function reExported(statement: Statement | ModuleDeclaration): NamedAs[] {
  if (statement.type === 'ExportDefaultDeclaration') {
    return [{ name: 'default', key: statement, value: statement.declaration }];
  }
  if (statement.type !== 'ExportNamedDeclaration') return [];
  return statement.specifiers.map(({ exported, local }) => {
    return { name: nameOf(exported), key: exported, value: statement.source ? exported : local };
  });
}

/** The value at a path, or the name of the nearest one around it that the text shows. */
function findSpot(module: Outline, path: ValuePath, atKey: boolean): Omit<Location, 'file'> {
  const [name, ...steps] = path;
  let named = module.exports.get(String(name));
  if (named === undefined) return { line: 1, column: 1 };
  for (const step of steps) {
    const inner = stepInto(resolve(module, named.value), step);
    if (inner === undefined) return spotOf(module, named.key);
    named = inner;
  }
  return spotOf(module, atKey ? named.key : resolve(module, named.value));
}

/** The field or element of a literal; undefined where something computed may stand in its place. */
function stepInto(node: Node, step: string | number): Named | undefined {
  const literal = node as Expression;
  if (literal.type === 'ArrayExpression') {
    const before = literal.elements.slice(0, Number(step) + 1);
    const element = before[Number(step)];
    const moved = before.some((item) => item?.type === 'SpreadElement');
    return element && !moved ? { key: element, value: element } : undefined;
  }
  if (literal.type !== 'ObjectExpression') return undefined;
  return literal.properties.findLast(
    (property): property is Property => property.type === 'Property' && nameOf(property.key) === String(step),
  );
}

/** Follows names of constants to the value they stand for. */
function resolve(module: Outline, node: Node): Node {
  const seen = new Set<Node>();
  let value = node;
  while (value.type === 'Identifier' && !seen.has(value)) {
    seen.add(value);
    value = module.bindings.get((value as Identifier).name) ?? value;
  }
  return value;
}

function nameOf(key: Node): string {
  return key.type === 'Identifier' ? (key as Identifier).name : String((key as Literal).value);
}

/** A squiggle covers one line: of a longer value its first. */
function spotOf({ lines }: Outline, { loc }: Node): Omit<Location, 'file'> {
  if (!loc) throw new Error('acorn was asked for locations');
  const { start, end } = loc;
  const last = start.line === end.line ? end.column : (lines[start.line - 1] ?? '').trimEnd().length;
  return { line: start.line, column: start.column + 1, length: last - start.column };
}
