// The JSON schemas that follow from tables in the code. For tests only: they hold the files in runtime/schemas to the
// tables.
import { ADDRESS_SETTINGS } from '../cli/address-settings.ts';
import { fieldOf, SETTING_NAMES, SETTINGS, type SettingForm, type SettingName } from '../cli/setting-table.ts';
import { SCHEMA_FIELD } from '../cli/settings.ts';
import type { JsonObject } from '../model/json.ts';
import { RECORD_RULES } from '../recipe/lock-record.ts';
import { END, LOCK_SCHEMA } from '../recipe/lockfile.ts';

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

export function lockSchema(): JsonObject {
  const records = Object.entries(RECORD_RULES).map(([kind, { required, optional }]) => {
    const rules = Object.entries({ ...required, ...optional }).map(([name, { schema, meaning }]) => [
      name,
      name === 'kind' ? { const: kind } : { ...schema, description: `Must be ${meaning}.` },
    ]);
    return closed(Object.fromEntries(rules), Object.keys(required));
  });
  return {
    $schema: DRAFT,
    title: 'galley.lock',
    description: 'Which bytes every source of a project has. Written by galley; nobody has to edit it.',
    ...closed(
      {
        schema: { const: LOCK_SCHEMA },
        records: { type: 'array', items: { anyOf: [{ const: END }, ...records] } },
      },
      ['schema', 'records'],
    ),
  };
}

export function settingsSchema(): JsonObject {
  const inFiles = SETTING_NAMES.filter((name) => SETTINGS[name].inFiles);
  return {
    $schema: DRAFT,
    title: 'galley.json, and config.json of a user',
    description: 'Settings that are kept; flags and variables come before them.',
    ...closed({
      [SCHEMA_FIELD]: { type: 'string', description: 'Where this schema is; for editors.' },
      ...Object.fromEntries(
        inFiles.map((name) => [fieldOf(name), { ...schemaOf(SETTINGS[name].form), description: describe(name) }]),
      ),
      mirrors: {
        ...{ type: 'object', description: `${ADDRESS_SETTINGS.mirrors.meaning}.` },
        additionalProperties: {
          anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1 }],
        },
      },
      tokens: {
        ...{ type: 'object', description: `${ADDRESS_SETTINGS.tokens.meaning}. Only in the file of a user.` },
        additionalProperties: { type: 'string', pattern: '^[A-Za-z_]\\w*$' },
      },
    }),
  };
}

const closed = (properties: JsonObject, required: string[] = []): JsonObject => ({
  type: 'object',
  additionalProperties: false,
  ...(required.length > 0 && { required }),
  properties,
});

function schemaOf(form: SettingForm): JsonObject {
  switch (form.kind) {
    case 'path':
      return { type: 'string', minLength: 1 };
    case 'count':
      return { type: 'integer', minimum: form.least ?? 1 };
    case 'seconds':
      return { type: 'number', exclusiveMinimum: 0 };
    case 'switch':
      return { type: 'boolean' };
    case 'choice':
      return { enum: [...form.choices] };
    case 'order':
      return { type: 'array', items: { enum: [...form.choices] }, minItems: 1, uniqueItems: true };
    case 'uri':
      return { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9+.-]*:[!-~]+$' };
    case 'list':
      return { type: 'array', items: { type: 'string', ...(form.of === 'place' ? { minLength: 1 } : KEY) } };
  }
}

const KEY = { pattern: '^ed25519:' };

function describe(name: SettingName): string {
  const { form, meaning, byDefault = form.kind === 'switch' ? 'off' : 'unset' } = SETTINGS[name];
  // The meaning is that of the form that somebody writes as a flag.
  const told = form.kind === 'switch' && form.onByDefault ? `With false: ${meaning}` : meaning;
  return `${told}. Default: ${byDefault}.`;
}
