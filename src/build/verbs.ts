// Calls a verb of a recipe in either form: a script runs in the shell, a function in the sandbox with a ctx.

import type { Json } from '../model/json.ts';
import type { Verb } from '../model/verb.ts';
import { pointAt } from '../recipe/locate.ts';
import type { Call } from './call.ts';
import { factsOf } from './call.ts';
import { methodsOf, serve } from './context/table.ts';
import { loadedOf } from './package.ts';
import { demandSuccess, runScript } from './script.ts';

/**
 * Runs a verb to its end; a function's answer is returned, a script has none.
 *
 * @param name the export, for messages and positions: `build`, or `setup.udev.install`
 * @throws Failure of whatever the verb did, with the place in the author's source
 */
export async function callVerb(verb: Verb, name: string, call: Call): Promise<Json | undefined> {
  if (verb.form === 'shell') {
    await runStringVerb(verb.script, name, call);
    return undefined;
  }
  const { recipe } = loadedOf(call.pkg);
  return call.run.world.sandbox.call({
    module: recipe.module,
    path: verb.path,
    facts: factsOf(call),
    methods: methodsOf(call.phase),
    host: (method, args, signal) => serve(method, args, { ...call, signal }),
    verb: `${name} of ${call.pkg.label}`,
    signal: call.run.world.signal,
  });
}

async function runStringVerb(script: string, name: string, call: Call): Promise<void> {
  const { file } = loadedOf(call.pkg).recipe;
  await pointAt({ file, path: name.split('.') }, call.run.world.files, async () => {
    demandSuccess(await runScript(script, call), script, call);
  });
}
