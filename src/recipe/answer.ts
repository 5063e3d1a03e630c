// What the functions of a recipe or manifest answered, checked as strictly as what authors write down as data. Positions
// of problems lead to the function, as an answer stands in no text.
import type { DeclarativeBuild } from '../model/declarative.ts';
import type { CodeDependency, Dependency } from '../model/dependency.ts';
import type { Parsed, ValuePath } from '../model/diagnostic.ts';
import type { Json } from '../model/json.ts';
import type { Shell } from '../model/manifest.ts';
import type { OptionSchema } from '../model/options.ts';
import type { FetchItem } from '../model/verb.ts';
import { Cursor } from './cursor.ts';
import { dependencies } from './dependency.ts';
import { fetchAnswer } from './fetch-item.ts';
import { optionSchema } from './option-schema.ts';
import { assetProducts, freeProducts } from './product.ts';
import { read, type Shape } from './shape.ts';
import { shell } from './shell.ts';
import { buildAnswer } from './verb.ts';

// All of them answer the value, or all problems: INVALID_VALUE, MISSING_VALUE, UNKNOWN_FIELD. `file` is the absolute
// path of the module whose function was called; relative paths in the answer start from its directory. Two forms are also
// arguments of ctx functions: `subject` is then how messages name the value.

/** What `options(given)` answered. */
export function parseOptionSchema(answer: Json, file: string): Parsed<OptionSchema> {
  return parse(optionSchema, answer, file, { path: ['options'] });
}

/** What `dependencies(options)` answered. */
export function parseDependencies(answer: Json, file: string): Parsed<(Dependency | CodeDependency)[]> {
  return parse(dependencies, answer, file, { path: ['dependencies'] });
}

/** What `products(options)` answered: relative paths in the asset, or free texts of a user-managed package. */
export function parseProducts(answer: Json, file: string, userManaged: boolean): Parsed<Record<string, string>> {
  return parse(userManaged ? freeProducts : assetProducts, answer, file, { path: ['products'] });
}

/** What `fetch(ctx)` answered; null means that it fetched by itself. */
export function parseFetchItems(answer: Json, file: string, subject?: string): Parsed<FetchItem[]> {
  return parse(fetchAnswer, answer, file, { path: ['fetch'], subject });
}

/** What `build(ctx)` answered; null means that it built by itself. */
export function parseBuildAnswer(answer: Json, file: string): Parsed<DeclarativeBuild | 'nothing'> {
  return parse(buildAnswer, answer, file, { path: ['build'] });
}

/** What `default_shell.shell(ctx)` answered: any form but another function. */
export function parseShell(answer: Json, file: string, subject?: string): Parsed<Shell> {
  return parse(shell, answer, file, { path: ['default_shell', 'shell'], subject });
}

interface AnswerOf {
  path: ValuePath;
  subject?: string | undefined;
}

function parse<T>(shape: Shape<T>, answer: Json, file: string, { path, subject }: AnswerOf): Parsed<T> {
  const at = new Cursor({ file, call: { path, subject: subject ?? `Answer of ${path.join('.')}()` } });
  return at.conclude(read(shape, answer, at));
}
