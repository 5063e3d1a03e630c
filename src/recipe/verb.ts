// The forms in which a recipe says what is done in a phase: a script, a function, or a short table.
import type { ShellScript, StageVerb, Verb } from '../model/verb.ts';
import { later } from './later.ts';
import { callable, count, either, refine, type Shape, table, text } from './shape.ts';

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

const DECLARATIVE = new Map(Object.entries(later('build')));

/** A verb. The tables `{ cmake: … }` are known by name, so that they are not taken for a mistake. */
export const buildVerb: Shape<Verb> = {
  expected: verb.expected,
  readers: {
    ...verb.readers,
    table: (fields, at) => {
      const [name = ''] = Object.keys(fields);
      const reason = DECLARATIVE.get(name);
      return reason === undefined ? at.mismatch(fields, verb.expected) : at.enter(name).misplaced(reason);
    },
  },
};
