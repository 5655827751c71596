import type { SecretWrapping } from '@keywarden/crypto';
import { type IdentityRepository, newAccessKeyId, newSecretAccessKey } from '@keywarden/identity';
import { type AccountId, type Clock, type Randomness, type Region, SecretBytes } from '@keywarden/kernel';
import { newAccountId } from './new-account-id';
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
  const accessKeyId = wishes.accessKeyId ?? newAccessKeyId('long-term', randomness);
  const secretAccessKey = wishes.secretAccessKey ?? SecretBytes.adopt(newSecretAccessKey(randomness));
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
