import { type JsonReader, NotReadable, Token, malformed } from './json-reader';

export type ExpectedType = 'String' | 'Blob' | 'Integer' | 'Boolean' | 'Timestamp' | 'List' | 'Structure';

type ScalarToken = 'STRING_VALUE' | 'NUMBER_VALUE' | 'TRUE_VALUE' | 'FALSE_VALUE' | 'NULL_VALUE';

const digits = Array.from({ length: 10 }, (_, digit) => Token.zero + digit);

const scalarTokens = new Map<number, ScalarToken>([
  ...[Token.minus, ...digits].map((code): [number, ScalarToken] => [code, 'NUMBER_VALUE']),
  [Token.quote, 'STRING_VALUE'],
  [Token.t, 'TRUE_VALUE'],
  [Token.f, 'FALSE_VALUE'],
  [Token.n, 'NULL_VALUE'],
]);

/**
 * The refusal for a value of the wrong JSON type, in the words AWS JSON services use. The value itself stays out.
 *
 * @param found names the token when it was consumed already; otherwise the next token of the reader
 */
export function mismatch(reader: JsonReader, expected: ExpectedType, found?: ScalarToken): NotReadable {
  const next = found === undefined ? reader.peek() : undefined;
  if (next === Token.openBrace) return new NotReadable('Start of structure or map found where not expected.');
  if (next === Token.openBracket) return new NotReadable('Start of list found where not expected.');
  const token = found ?? scalarTokens.get(next ?? -1);
  if (token === undefined) return malformed();
  if (expected === 'Structure') return new NotReadable('Expected null');
  if (expected === 'List') return new NotReadable('Expected list or null');
  const article = expected === 'Integer' || (expected === 'Boolean' && token === 'STRING_VALUE') ? 'an' : 'a';
  return new NotReadable(`${token} can not be converted to ${article} ${expected}`);
}
