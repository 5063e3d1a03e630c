// What a recipe says of its license, as SPDX reads it (SPDX 2.3, annex D): one known name, an expression of them, or just
// words. Which names are known is handed in.

export type License =
  | { form: 'id'; id: string }
  | { form: 'expression'; expression: string }
  /** No expression, or one with names that nobody knows. */
  | { form: 'words'; words: string };

/** @param findId the name as SPDX spells it, whatever its case */
export function readLicense(text: string, findId: (name: string) => string | undefined): License {
  const words = text.trim();
  const tokens = words.match(/[()]|[^\s()]+/g) ?? [];
  const spelled = tokens.map((token) => spell(token, findId));
  if (spelled.includes(undefined) || !isExpression(spelled as string[])) return { form: 'words', words };
  const [only = '', ...others] = spelled as string[];
  // A reference is defined in some other document, and `+` is an operator: neither is in the list of names.
  if (others.length === 0 && findId(only) === only) return { form: 'id', id: only };
  return {
    form: 'expression',
    expression: (spelled as string[]).join(' ').replaceAll('( ', '(').replaceAll(' )', ')'),
  };
}

const OPERATORS = ['AND', 'OR', 'WITH', '(', ')'];
const REFERENCE = /^(?:DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+$/;

function spell(token: string, findId: (name: string) => string | undefined): string | undefined {
  if (OPERATORS.includes(token) || REFERENCE.test(token)) return token;
  const known = findId(token);
  if (known !== undefined || !token.endsWith('+')) return known;
  const older = findId(token.slice(0, -1));
  return older && `${older}+`;
}

/** expression = term *(("AND" / "OR") term); term = "(" expression ")" / name ["WITH" name] */
function isExpression(tokens: readonly string[]): boolean {
  const rest = [...tokens];
  const isName = (token: string | undefined) => token !== undefined && !OPERATORS.includes(token);
  const expression = (): boolean => {
    if (!term()) return false;
    while (rest[0] === 'AND' || rest[0] === 'OR') {
      rest.shift();
      if (!term()) return false;
    }
    return true;
  };
  const term = (): boolean => {
    const first = rest.shift();
    if (first === '(') return expression() && rest.shift() === ')';
    if (!isName(first)) return false;
    if (rest[0] !== 'WITH') return true;
    rest.shift();
    return isName(rest.shift());
  };
  return expression() && rest.length === 0;
}
