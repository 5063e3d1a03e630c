// Percent-encoding (RFC 3986, 2.1) as people write it: what is no code stays as it is.
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
