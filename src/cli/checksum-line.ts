// One line of a list of digests, as sha256sum(1) of GNU coreutils writes it and as `sha256sum -c` reads it.

/** A name with a backslash or line break is escaped, and a backslash in front of the whole line says so. */
export function formatChecksumLine(sha256: string, name: string): string {
  const escaped = name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `${escaped === name ? '' : '\\'}${sha256}  ${escaped}`;
}
