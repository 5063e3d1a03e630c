// The forms in which a recipe says what is done in a phase: a script, a function, or a short table.
import type { DeclarativeBuild } from '../model/declarative.ts';
import type { BuildVerb, ShellScript, StageVerb, Verb } from '../model/verb.ts';
import { declarativeBuild } from './declarative.ts';
import { callable, choose, count, dataTable, either, refine, type Shape, table, text } from './shape.ts';

const script: Shape<ShellScript> = {
  ...refine(text, (line): ShellScript => ({ form: 'shell', script: line })),
  expected: 'a shell script',
};

export const verb: Shape<Verb> = either(script, callable);

const unpack: Shape<StageVerb> = refine(
  table({ required: { strip_components: count }, expected: 'a table { strip_components }' }),
  ({ strip_components }) => ({ form: 'unpack', stripComponents: strip_components }),
);

export const stageVerb: Shape<StageVerb> = either(script, unpack, callable);

export const buildVerb: Shape<BuildVerb> = either(
  script,
  refine(declarativeBuild, (build): BuildVerb => ({ form: 'declarative', build })),
  callable,
);

/** What `ctx.run` answers: `(ctx) => ctx.run('make')` hands it on and means nothing by it. */
const runResult: Shape<'nothing'> = refine(dataTable, () => 'nothing' as const);

/** What a build function answers: it may also have built everything by itself and answer nothing. */
export const buildAnswer: Shape<DeclarativeBuild | 'nothing'> = either(
  choose<DeclarativeBuild | 'nothing'>(declarativeBuild.expected, (answer) =>
    Object.hasOwn(answer, 'exit_code') ? runResult : declarativeBuild,
  ),
  { expected: 'nothing', readers: { null: () => 'nothing' as const } },
);
