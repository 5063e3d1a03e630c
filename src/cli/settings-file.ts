// Settings that are kept: `galley.json` beside the manifest for everybody who works on a project, `config.json` in the
// user's configuration directory for one person.
import path from 'node:path';
import { Failure } from '../model/failure.ts';
import { isJsonObject, type Json } from '../model/json.ts';
import type { Files } from '../system/files.ts';
import type { SettingsFile } from './settings.ts';

export function projectSettingsFile(manifest: string): string {
  return path.join(path.dirname(manifest), 'galley.json');
}

/** `$XDG_CONFIG_HOME/galley/config.json`; undefined when there is neither that variable nor a home. */
export function userSettingsFile({
  XDG_CONFIG_HOME,
  HOME,
}: Readonly<Record<string, string | undefined>>): string | undefined {
  // The XDG base directory specification ignores relative paths.
  const isUsable = XDG_CONFIG_HOME !== undefined && path.isAbsolute(XDG_CONFIG_HOME);
  const configDir = isUsable ? XDG_CONFIG_HOME : HOME && path.join(HOME, '.config');
  return configDir ? path.join(configDir, 'galley', 'config.json') : undefined;
}

/** Undefined when there is no such file. */
export async function readSettingsFile(file: string, files: Files): Promise<SettingsFile | undefined> {
  const text = await files.findText(file);
  if (text === undefined) return undefined;
  const values = parse(text, file);
  if (!isJsonObject(values)) {
    throw new Failure('SETTING_INVALID', `Cannot use "${file}": expected a JSON object`, { about: { file, path: [] } });
  }
  return { file, values };
}

function parse(text: string, file: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    const { message } = error as Error;
    // V8 says where at the end of its message, unless the text ends too early.
    const [where, line, column] = / in JSON at position \d+ \(line (\d+) column (\d+)\)$/.exec(message) ?? [];
    const reason = where === undefined ? message : message.slice(0, -where.length);
    throw new Failure('SETTING_INVALID', `Cannot read "${file}": ${reason}`, {
      cause: error,
      ...(where === undefined ? {} : { location: { file, line: Number(line), column: Number(column) } }),
    });
  }
}
