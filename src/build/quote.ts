// Words as a shell of POSIX reads them: for scripts we write, and for showing command lines that no shell has read.

/** One word, whatever is in it. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A command line for people, with quotes only where a shell needs them. */
export function formatCommand(argv: readonly string[]): string {
  return argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : quote(word))).join(' ');
}
