// What goes wrong inside the engine, in the words of an author: which verb, what happened, where. Knows nothing of how
// it was noticed.
import path from 'node:path';
import type { Code } from '../model/codes.ts';
import type { FailureFacts } from '../model/event.ts';
import type { Location } from '../model/location.ts';
import { shorten } from '../model/shorten.ts';
import { findNearest } from '../model/suggest.ts';
import type { Limits } from './limits.ts';
import type { Modules } from './modules.ts';
import type { Request } from './protocol.ts';
import { findLocation } from './stack.ts';

/** What the prelude tells of a thrown value. */
export interface Thrown {
  name?: string;
  message: string;
  stack?: string;
  /** The host call whose failure this is. */
  call?: number;
  /** An error made by the prelude itself. */
  code?: Code;
  /** A name that the prelude does not know, and those that it knows. */
  choice?: { name: string; known: string[] };
}

/** Where an evaluation stands: the module is running, or a verb that begins at `at`. */
export type Stage = { of: 'module' } | { of: 'verb'; at: Location | undefined };

/** Names that authors know from other places, and what a recipe has instead. */
const ELSEWHERE = new Map(
  Object.entries({
    Date: 'Recipes give the same result on every day; take times from commands, or set SOURCE_DATE_EPOCH',
    process: 'Use host for the platform, and the export "env" for variables that commands may see',
    require: 'Import other files of the recipe with import; programs are started with ctx.run()',
    fetch: 'Declare the export "fetch", or use ctx.fetch() in the fetch phase',
    console: 'Use ctx.log.info()',
    setTimeout: 'A recipe waits only for ctx calls',
    Buffer: 'Use strings and ctx.read() and ctx.write()',
  }),
);

/** An author may throw a text of megabytes; nobody reads more of it than this. */
const LONGEST_MESSAGE = 4000;

export class Problems {
  readonly #request: Request;
  readonly #modules: Modules;
  readonly #limits: Limits;
  stage: Stage = { of: 'module' };

  constructor(request: Request, modules: Modules, limits: Limits) {
    this.#request = request;
    this.#modules = modules;
    this.#limits = limits;
  }

  locate(stack: string): Location | undefined {
    return findLocation(stack, (file) => this.#modules.has(file));
  }

  /** Something was thrown, and nobody caught it. */
  threw(thrown: Thrown): FailureFacts {
    const { name = '', stack = '', code, choice } = thrown;
    const short = shorten(thrown.message, LONGEST_MESSAGE);
    const refusal = this.#modules.findRefusal(thrown.message) ?? this.#modules.describeMissingExport(short);
    const message = shorten(refusal?.message ?? short, LONGEST_MESSAGE);
    if (refusal !== undefined) return { ...refusal, message };
    const location = this.locate(stack);
    const limit = this.#findLimit(name, message);
    if (limit !== undefined) return this.overLimit(limit, location);
    if (code !== undefined) {
      const nearest = choice && findNearest(choice.name, choice.known);
      return { code, message, ...(nearest && { hint: `Did you mean "${nearest}"?` }), ...(location && { location }) };
    }
    const hint = ELSEWHERE.get(/^'(\w+)' is not defined$/.exec(message)?.[1] ?? '');
    const detail = { ...(location && { location }), ...(hint !== undefined && { hint }) };
    const said = `threw ${name === '' || name === 'Error' ? 'an error' : shorten(name, LONGEST_MESSAGE)}: ${message}`;
    if (this.stage.of === 'verb')
      return { code: 'RECIPE_THREW', message: `"${this.#request.verb}" ${said}`, ...detail };
    if (name === 'SyntaxError' && isSyntax(stack, (file) => this.#modules.has(file)))
      return this.#invalid(message, stack);
    return { code: 'MODULE_THREW', message: `${this.#subject} ${said}`, ...detail };
  }

  /** The result holds a value that is not JSON. `path` is JSON text of names and indexes. */
  unfit(path: string, found: string): FailureFacts {
    const names = (JSON.parse(path) as (string | number)[]).map(String);
    const place = names.length === 0 ? 'its result' : `"${names.join('.')}"`;
    const isExport = this.#request.args === undefined;
    return {
      code: isExport ? 'INVALID_VALUE' : 'INVALID_RESULT',
      message: `${this.#subject} ${isExport ? 'exports' : 'returned'} what is no plain data: ${place} is ${found}`,
      facts: { path: names },
      ...this.#whereItBegins,
    };
  }

  neverSettles(): FailureFacts {
    const message = `${this.#subject} waits for a promise that nothing can settle`;
    const hint = 'Only ctx calls take time; every other promise must be settled by the code itself';
    return { code: 'NEVER_SETTLES', message, hint, ...this.#whereItBegins };
  }

  overLimit(limit: 'time' | 'memory' | 'stack' | 'backlog', location?: Location): FailureFacts {
    const reason = {
      time: `computed for more than ${this.#limits.sliceMs / 1000} s without waiting for ctx`,
      memory: `needs more than ${this.#limits.memoryMb} MB of memory`,
      stack: 'recurses too deeply',
      backlog: `makes ctx calls faster than they are served: more than ${this.#limits.memoryMb} MB of them wait`,
    }[limit];
    return {
      code: 'SANDBOX_LIMIT',
      message: `${this.#subject} ${reason}`,
      ...(limit === 'backlog' && { hint: 'Await some of them before the next are made' }),
      ...this.#whereItBegins,
      ...(location && { location }),
    };
  }

  #invalid(message: string, stack: string): FailureFacts {
    const location = this.locate(stack);
    const file = path.basename(location?.file ?? this.#request.module.entryFile);
    return {
      code: 'MODULE_SYNTAX',
      message: `"${file}" is not valid JavaScript: ${message}`,
      ...(location && { location }),
    };
  }

  #findLimit(name: string, message: string): 'memory' | 'stack' | undefined {
    if (name !== 'InternalError') return undefined;
    return message === 'out of memory' ? 'memory' : message === 'stack overflow' ? 'stack' : undefined;
  }

  get #subject(): string {
    return this.stage.of === 'verb' ? `"${this.#request.verb}"` : `"${path.basename(this.#request.module.entryFile)}"`;
  }

  get #whereItBegins(): { location?: Location } {
    return this.stage.of === 'verb' && this.stage.at !== undefined ? { location: this.stage.at } : {};
  }
}

/** The engine's own syntax errors begin with the bare place; those that somebody threw with the thrower's frame. */
function isSyntax(stack: string, isAuthored: (file: string) => boolean): boolean {
  const [first = ''] = stack.split('\n');
  return !first.endsWith(')') && findLocation(first, isAuthored) !== undefined;
}
