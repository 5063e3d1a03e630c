// What a runner of GitHub Actions reads in the output of a step: commands of our own, and everybody else's text made so
// that it cannot be one. https://docs.github.com/actions/reference/workflow-commands-for-github-actions
import { stripVTControlCharacters } from 'node:util';

export type Properties = Record<string, string | number | undefined>;

/** `::error file=a.js,line=3::No luck`, as one line whatever is in the values. */
export function workflowCommand(name: string, properties: Properties, data: string): string {
  const given = Object.entries(properties).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${escapeProperty(String(value))}`],
  );
  return `::${[name, given.join(',')].filter((part) => part !== '').join(' ')}::${escapeData(data)}`;
}

/** A runner undoes exactly these. The older form of a command, which it looks for anywhere, it does not. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('##[', OLD_FORM);
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

const OLD_FORM = '#\\#[';

/** A command begins a line, whatever space or colour stands before it. */
const COMMAND = /^[\s\u0085\u200b\ufeff]*::/;

/**
 * Text in which a runner finds no command: neither `::name::` at the beginning of a line nor the older `##[name]`, which
 * it looks for anywhere. A lone carriage return begins a line for it, too.
 */
export function inert(text: string): string {
  if (!text.includes('::') && !text.includes('##[')) return text;
  const lines = text.split(/\r\n|[\r\n]/);
  const safe = lines.map((line) => (COMMAND.test(stripVTControlCharacters(line)) ? `\\${line}` : line));
  return safe.join('\n').replaceAll('##[', OLD_FORM);
}
