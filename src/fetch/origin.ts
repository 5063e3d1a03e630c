// Whether two addresses are of one server. galley.lock comes with a pull request like any other file: where it says that
// a file is counts only where the registry keeps its files; otherwise the registry is asked.

export function isSameOrigin(a: string, b: string): boolean {
  const [one, other] = [URL.parse(a)?.origin, URL.parse(b)?.origin];
  return one !== undefined && one !== 'null' && one === other;
}
