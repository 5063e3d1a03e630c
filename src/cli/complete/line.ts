// A command line as somebody has typed it so far, cut into its words. For shells that cannot hand over words: bash cuts
// at "@" and "=" too, and PowerShell loses a word that is empty.

/** The words after the name of the program; the last one is not finished, and empty after a blank. */
export function splitLine(line: string): string[] {
  const words = [''];
  let quote = '';
  let isOpen = false;
  for (let at = 0; at < line.length; at++) {
    const letter = line.charAt(at);
    const last = words.length - 1;
    if (quote !== '') {
      if (letter === quote) quote = '';
      else words[last] += letter;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      isOpen = true;
    } else if (/\s/.test(letter)) {
      if (isOpen) words.push('');
      isOpen = false;
    } else {
      words[last] += letter === '\\' ? line.charAt(++at) : letter;
      isOpen = true;
    }
  }
  return words.slice(1);
}
