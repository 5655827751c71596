import { type AccountId, type Randomness, parseAccountId } from '@keywarden/kernel';

/** Twelve digits, the first not zero, so that no tool reads it as an octal or shortens it. */
export function newAccountId(randomness: Randomness): AccountId {
  const text = `${digits(randomness, '12345678', 1)}${digits(randomness, '01234567', 11)}`;
  const account = parseAccountId(text);
  if (account === undefined) throw new Error('a generated account id is not an account id');
  return account;
}

/** Eight digits divide 256 evenly, so each is equally likely. */
function digits(randomness: Randomness, alphabet: string, length: number): string {
  return Array.from(randomness.bytes(length), (byte) => alphabet.charAt(byte % alphabet.length)).join('');
}
