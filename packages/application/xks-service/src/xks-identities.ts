import type { SecretWrapping } from '@keywarden/crypto';
import type { AccessKey, Account, IdentityRepository } from '@keywarden/identity';
import type { AccountId } from '@keywarden/kernel';
import { xksSecretPlace } from './xks-credentials';
import type { XksStoreRepository } from './xks-store-repository';

type CredentialSource = Pick<IdentityRepository, 'findAccount' | 'findAccessKey'>;

/**
 * The credentials of external key stores in the shape of access keys of their users, so that the directory of credentials
 * serves them too: cached, and dropped when they, the user or its policies change.
 */
export class XksIdentities implements CredentialSource {
  constructor(
    private readonly identities: Pick<IdentityRepository, 'findAccount'>,
    private readonly stores: XksStoreRepository,
  ) {}

  findAccount(id: AccountId): Promise<Account | undefined> {
    return this.identities.findAccount(id);
  }

  async findAccessKey(id: string): Promise<AccessKey | undefined> {
    const found = await this.stores.findCredential(id);
    if (found === undefined) return undefined;
    const { store, credential } = found;
    return {
      id,
      account: store.account,
      userId: store.userId,
      status: 'Active',
      wrappedSecret: credential.wrappedSecret,
      wrappedIn: store.region,
      createdAt: credential.createdAt,
    };
  }
}

/** Unwraps secrets of external key stores where those of access keys are asked for, and no others. */
export function xksSecrets(secrets: SecretWrapping): SecretWrapping {
  return {
    wrap: (place, secret) => secrets.wrap(xksSecretPlace(place, place.name), secret),
    unwrap: (place, wrapped) => secrets.unwrap(xksSecretPlace(place, place.name), wrapped),
  };
}
