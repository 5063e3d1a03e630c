// Files that have a JSON schema in runtime/schemas: what galley.lock, settings files and summaries look like.
export const SCHEMA_NAMES = ['lock', 'settings', 'summary'] as const;
