/** One place of a pattern: a character that means itself, or a wildcard. Part of the naive evaluator. */
export type Token = { readonly literal: string } | '*' | '?';

export function lowerAscii(text: string): string {
  return [...text].map((c) => (c >= 'A' && c <= 'Z' ? String.fromCharCode(c.charCodeAt(0) + 32) : c)).join('');
}

/**
 * The characters of a pattern after its variables were replaced.
 *
 * @returns undefined when a variable has no value
 */
export function tokensOf(
  pattern: string,
  context: Readonly<Record<string, readonly string[]>>,
  variables: boolean,
  wildcards: boolean,
): Token[] | undefined {
  const tokens: Token[] = [];
  let rest = pattern;
  while (rest !== '') {
    if (variables && rest.startsWith('${')) {
      const close = closingBrace(rest);
      const value = variableValue(rest.slice(2, close), context);
      if (value === undefined) return undefined;
      tokens.push(...literals(value));
      rest = rest.slice(close + 1);
    } else {
      const [first = ''] = rest;
      tokens.push(wildcards && (first === '*' || first === '?') ? first : { literal: first });
      rest = rest.slice(first.length);
    }
  }
  return tokens;
}

/** The brace that ends the variable, which a default in quotation marks may hide. */
function closingBrace(text: string): number {
  const plain = text.indexOf('}');
  const quote = text.indexOf("'");
  return quote < 0 || quote > plain ? plain : text.indexOf('}', text.indexOf("'", quote + 1));
}

function variableValue(inside: string, context: Readonly<Record<string, readonly string[]>>): string | undefined {
  if (inside === '*' || inside === '?' || inside === '$') return inside;
  const [name = '', fallback] = inside.split(',');
  const values = context[lowerAscii(name.trim())] ?? [];
  if (values.length === 1) return values[0];
  return values.length === 0 ? fallback?.trim().slice(1, -1) : undefined;
}

function literals(text: string): Token[] {
  return [...text].map((literal) => ({ literal }));
}

/** Matches by the textbook recursion over both tails, remembering what was already tried. */
export function naiveLike(tokens: readonly Token[], text: string): boolean {
  const characters = [...text];
  const tried = new Map<number, boolean>();
  const from = (t: number, c: number): boolean => {
    const known = tried.get(t * 100_000 + c);
    if (known !== undefined) return known;
    const token = tokens[t];
    const character = characters[c];
    let result: boolean;
    if (token === undefined) result = character === undefined;
    else if (token === '*') result = from(t + 1, c) || (character !== undefined && from(t, c + 1));
    else if (character === undefined) result = false;
    else result = (token === '?' || token.literal === character) && from(t + 1, c + 1);
    tried.set(t * 100_000 + c, result);
    return result;
  };
  return from(0, 0);
}
