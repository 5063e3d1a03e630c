// The schema of a recipe's options as its author writes it. What values it then accepts is model/options.
import type { Json } from '../model/json.ts';
import { findMismatch, isVersionRange, OPTION_TYPES, type OptionRule, type OptionSchema } from '../model/options.ts';
import type { Cursor } from './cursor.ts';
import { OPTION_NAME } from './name.ts';
import { data, either, flag, list, matching, number, oneOf, record, refine, type Shape, table } from './shape.ts';

const bounds: Shape<[number, number]> = refine(list(number, 'a list [lowest, highest]'), (values, at) => {
  const [low, high] = values;
  const isPair = values.length === 2 && low !== undefined && high !== undefined && low <= high;
  return isPair
    ? [low, high]
    : at.refuse(`${at.subject} is ${JSON.stringify(values)}, expected a list [lowest, highest]`);
});

const versions: Shape<string> = matching('a semver range such as ">=1.2 <2"', (text) =>
  isVersionRange(text) ? text : undefined,
);

const rule: Shape<OptionRule> = refine(
  table({
    required: { type: oneOf(OPTION_TYPES) },
    optional: {
      default: data,
      required: flag,
      choices: list(data, 'a list of values'),
      range: either(bounds, versions),
      affects_key: flag,
    },
    expected: 'a table { type }',
  }),
  checkRule,
);

/** The kind of range that each type has; the others have none. */
const RANGE_OF: Partial<Record<OptionRule['type'], 'object' | 'string'>> = {
  int: 'object',
  float: 'object',
  semver: 'string',
};

/** A rule that contradicts itself would refuse every value, or its own default, at somebody else's desk. */
function checkRule(rule: OptionRule, at: Cursor): OptionRule | undefined {
  const { type, range, choices = [], default: preset } = rule;
  if (range !== undefined && typeof range !== RANGE_OF[type]) {
    const expected = { object: bounds.expected, string: versions.expected, none: 'no range' }[RANGE_OF[type] ?? 'none'];
    return at.enter('range').refuse(`Field "range" does not go with type "${type}", expected ${expected}`);
  }
  for (const [index, choice] of choices.entries()) expect({ type }, choice, at.enter('choices').enter(index));
  if (preset !== undefined) expect(rule, preset, at.enter('default'));
  return rule;
}

function expect(rule: OptionRule, value: Json, at: Cursor): void {
  const expected = findMismatch(rule, value);
  if (expected !== undefined) at.mismatch(value, expected);
}

export const optionSchema: Shape<OptionSchema> = refine(record(OPTION_NAME, rule, 'a table of options'), refuseClash);

/** Commands see `GALLEY_OPTION_<NAME>`; two options may not share one. */
function refuseClash(schema: OptionSchema, at: Cursor): OptionSchema | undefined {
  const names = new Map<string, string>();
  for (const option of Object.keys(schema)) {
    const variable = `GALLEY_OPTION_${option.toUpperCase().replaceAll('-', '_')}`;
    const other = names.get(variable);
    if (other === undefined) names.set(variable, option);
    else
      at.enter(option).refuse(`Options "${other}" and "${option}" would both be the variable ${variable}`, {
        atKey: true,
      });
  }
  return schema;
}
