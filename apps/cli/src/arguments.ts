import { type AccountId, parseAccountId } from '@keywarden/kernel';
import { InvalidArgumentError } from 'commander';

/** Parsers of what is written on a command line; each refuses with a usage error. */
export function accountArgument(text: string): AccountId {
  const account = parseAccountId(text);
  if (account === undefined) throw new InvalidArgumentError('An account is twelve digits.');
  return account;
}

export function profileArgument(text: string): string {
  if (!/^[\w.@+-]{1,64}$/.test(text)) throw new InvalidArgumentError('A profile is 1 to 64 of A-Z a-z 0-9 _ . @ + -');
  return text;
}
