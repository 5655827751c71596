import type { SecretWrapping } from '@keywarden/crypto';
import type { IdentityRepository } from '@keywarden/identity';
import {
  type AccountId,
  type Clock,
  type Randomness,
  type Region,
  SecretBytes,
  parseAccountId,
} from '@keywarden/kernel';
import { secretAccessKeyPlace } from './secret-access-key-place';

/** What may be set from outside for automated set-ups; the rest is generated. */
export interface FirstAccountWishes {
  readonly account?: AccountId;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: SecretBytes;
}

/** The administrator's credentials of a new deployment: shown once, then gone. */
export interface FirstAccount {
  readonly account: AccountId;
  readonly accessKeyId: string;
  readonly secretAccessKey: SecretBytes;
}

const idAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const secretAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * Creates the first account and its root user's access key, when the store is empty.
 *
 * @param keep puts the credentials where their owner finds them; it runs before they are stored, so that a crash in
 *   between leaves credentials that open nothing and never an account that nobody can open
 * @returns undefined when there is an account already: the wishes are ignored then, and nothing is changed
 */
export async function createFirstAccount(
  parts: {
    readonly identities: IdentityRepository;
    readonly secrets: SecretWrapping;
    readonly randomness: Randomness;
    readonly clock: Clock;
  },
  homeRegion: Region,
  wishes: FirstAccountWishes,
  keep: (account: FirstAccount) => Promise<void>,
): Promise<FirstAccount | undefined> {
  if ((await parts.identities.listAccounts(1)).length > 0) return undefined;
  const { randomness } = parts;
  const account = wishes.account ?? newAccountId(randomness);
  const accessKeyId = wishes.accessKeyId ?? `AKIA${letters(randomness, idAlphabet, 16)}`;
  const secretAccessKey = wishes.secretAccessKey ?? newSecretAccessKey(randomness);
  const createdAt = parts.clock.now();
  const place = secretAccessKeyPlace({ account, wrappedIn: homeRegion, id: accessKeyId });
  const firstAccount = { account, accessKeyId, secretAccessKey };
  await keep(firstAccount);
  const created = await parts.identities.createFirstAccount(
    { id: account, createdAt },
    {
      id: accessKeyId,
      account,
      status: 'Active',
      wrappedSecret: await parts.secrets.wrap(place, secretAccessKey),
      wrappedIn: homeRegion,
      createdAt,
    },
  );
  return created ? firstAccount : undefined;
}

/** Twelve digits, the first not zero, so that no tool reads it as an octal or shortens it. */
function newAccountId(randomness: Randomness): AccountId {
  const text = `${letters(randomness, '12345678', 1)}${letters(randomness, '01234567', 11)}`;
  const account = parseAccountId(text);
  if (account === undefined) throw new Error('a generated account id is not an account id');
  return account;
}

/** 40 characters, 240 bits. */
function newSecretAccessKey(randomness: Randomness): SecretBytes {
  return SecretBytes.adopt(new TextEncoder().encode(letters(randomness, secretAlphabet, 40)));
}

/** @param alphabet of a length that divides 256, so that every letter is equally likely */
function letters(randomness: Randomness, alphabet: string, length: number): string {
  return Array.from(randomness.bytes(length), (byte) => alphabet.charAt(byte % alphabet.length)).join('');
}
