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

/** For an option that may be given several times. */
export function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** `name=value`, several times; the value may hold more equals signs. */
export function pairs(text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write name=value.');
  const name = text.slice(0, at);
  if (Object.hasOwn(before, name)) throw new InvalidArgumentError(`${name} is given twice.`);
  return Object.fromEntries([...Object.entries(before), [name, text.slice(at + 1)]]);
}
