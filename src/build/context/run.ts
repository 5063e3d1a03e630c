// `ctx.run(script, options)`: a script in the shell, its streams captured apart.
import { Failure } from '../../model/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Shell } from '../../model/manifest.ts';
import { parseShell } from '../../recipe/answer.ts';
import type { Call } from '../call.ts';
import { directoryFor } from '../confined.ts';
import { loadedOf } from '../package.ts';
import { answerOf, demandSuccess, runScript, type ScriptOptions } from '../script.ts';
import { optional, options, text, wrong } from './arguments.ts';
import type { Method } from './table.ts';

const KNOWN = ['cwd', 'env', 'shell', 'check', 'quiet', 'capture', 'interactive', 'timeout_s', 'stdin'];

export const runMethod: Method = async ([first, second], call) => {
  const script = Array.isArray(first)
    ? first.map((line) => text(line, 'ctx.run(script)')).join('\n')
    : text(first, 'ctx.run(script)');
  const given = options(second, KNOWN, 'ctx.run(script, options)');
  const chosen = await scriptOptions(given, call);
  const { lanes } = call.run.world;
  const result = await (chosen.interactive
    ? lanes.use('terminal', () => borrowTerminal(script, call, chosen), call.signal)
    : runScript(script, call, chosen));
  if (optional(given, 'check', 'boolean') ?? true) demandSuccess(result, script, call);
  return answerOf(result);
};

async function scriptOptions(given: JsonObject, call: Call): Promise<ScriptOptions> {
  const cwd = optional(given, 'cwd', 'string');
  const stdin = optional(given, 'stdin', 'string');
  const seconds = optional(given, 'timeout_s', 'number');
  const interactive = optional(given, 'interactive', 'boolean') ?? false;
  if (seconds !== undefined && !(seconds > 0)) throw wrong('"timeout_s"', seconds, 'a number of seconds above 0');
  return {
    capture: !interactive && (optional(given, 'capture', 'boolean') ?? true),
    quiet: optional(given, 'quiet', 'boolean') ?? false,
    interactive,
    ...(cwd === undefined ? {} : { cwd: await directoryFor(cwd, call) }),
    ...(given.env === undefined ? {} : { env: environment(given.env) }),
    ...(given.shell === undefined ? {} : { shell: shellOf(given.shell, call) }),
    ...(stdin === undefined ? {} : { stdin }),
    ...(seconds === undefined ? {} : { timeoutMs: seconds * 1000 }),
  };
}

function environment(given: Json): Record<string, string> {
  if (!isJsonObject(given)) throw wrong('"env"', given, 'an object of texts');
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      // The system has one text for both: the variable would be another one.
      if (name === '' || name.includes('=')) throw wrong('The name of a variable of "env"', name, 'a text without "="');
      if (typeof value === 'object') throw wrong(`Variable "${name}" of "env"`, value, 'a text, number or boolean');
      return [name, String(value)];
    }),
  );
}

function shellOf(given: Json, call: Call): Shell {
  const parsed = parseShell(given, loadedOf(call.pkg).recipe.file);
  if (parsed.value === undefined)
    throw new Failure('INVALID_ARGUMENT', `ctx.run(script, { shell }): ${parsed.problems[0].message}`);
  return parsed.value;
}

/** One command at a time has the terminal; the interface steps aside meanwhile. */
async function borrowTerminal(script: string, call: Call, chosen: ScriptOptions): ReturnType<typeof runScript> {
  const { emit } = call.run.world;
  emit({ type: 'terminal.borrowed', package: call.pkg.label });
  try {
    return await runScript(script, call, chosen);
  } finally {
    emit({ type: 'terminal.returned', package: call.pkg.label });
  }
}
