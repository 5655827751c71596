import type { SecretWrapping } from '@keywarden/crypto';
import type { PrincipalRepository } from '@keywarden/identity';
import { type Clock, type KeyId, type Randomness, type Result, type Tenancy, accept, refuse } from '@keywarden/kernel';
import type { KeyRepository } from '@keywarden/keys';
import { type XksAuthenticationCredential, newXksCredential } from './xks-credentials';
import type { XksStoreRefusal } from './xks-refusals';
import { type XksStore, externalKeyOf, mostExternalKeys, mostXksCredentials } from './xks-store';
import type { XksStoreRepository } from './xks-store-repository';

export interface XksStoreParts {
  readonly stores: XksStoreRepository;
  readonly principals: PrincipalRepository;
  readonly keys: KeyRepository;
  readonly secrets: SecretWrapping;
  readonly randomness: Randomness;
  readonly clock: Clock;
}

export interface NewXksStore extends Tenancy {
  readonly uriPath: string;
  /** The user in whose name requests are made. */
  readonly userName: string;
}

type Answer<T> = Promise<Result<T, XksStoreRefusal>>;

const uriPathPattern = /^(?:\/[a-zA-Z0-9/_-]+)?\/kms\/xks\/v1$/;
const externalKeyIdPattern = /^[a-zA-Z0-9._-]{1,128}$/;

/** What the operator does with external key stores: by a command, never over the wire. */
export class XksStoreAdministration {
  constructor(private readonly parts: XksStoreParts) {}

  /** With its first credential. */
  async create({ account, region, uriPath, userName }: NewXksStore): Answer<XksAuthenticationCredential> {
    if (uriPath.length > 128 || !uriPathPattern.test(uriPath)) return refuse({ code: 'UriPathNotValid', uriPath });
    const user = await this.parts.principals.find(account, 'user', userName);
    if (user === undefined) return refuse({ code: 'UserNotFound', userName });
    const { shown, stored } = await this.#credential({ account, region });
    const createdAt = stored.createdAt;
    const store: XksStore = { account, region, uriPath, userId: user.id, credentials: [stored], keys: [], createdAt };
    return (await this.parts.stores.insert(store)) ? accept(shown) : refuse({ code: 'UriPathTaken', uriPath });
  }

  /** By path. @param limit 1 to 10,000 */
  list(limit: number): Promise<readonly XksStore[]> {
    return this.parts.stores.list(limit);
  }

  async remove(uriPath: string): Answer<void> {
    const removed = await this.parts.stores.remove(uriPath);
    return removed ? accept(undefined) : refuse({ code: 'XksStoreNotFound', uriPath });
  }

  /** A second one, to change credentials without a gap. */
  async addCredential(uriPath: string): Answer<XksAuthenticationCredential> {
    const store = await this.parts.stores.find(uriPath);
    if (store === undefined) return refuse({ code: 'XksStoreNotFound', uriPath });
    const { shown, stored } = await this.#credential(store);
    const updated = await this.parts.stores.update<XksStoreRefusal>(uriPath, (held) =>
      held.credentials.length >= mostXksCredentials
        ? refuse({ code: 'TooManyCredentials', limit: mostXksCredentials })
        : accept({ ...held, credentials: [...held.credentials, stored] }),
    );
    return updated.ok ? accept(shown) : updated;
  }

  async removeCredential(uriPath: string, accessKeyId: string): Answer<XksStore> {
    return this.parts.stores.update<XksStoreRefusal>(uriPath, (store) => {
      const credentials = store.credentials.filter((credential) => credential.accessKeyId !== accessKeyId);
      return credentials.length < store.credentials.length
        ? accept({ ...store, credentials })
        : refuse({ code: 'CredentialNotFound', accessKeyId });
    });
  }

  /** The key must be a symmetric encryption key with material of our own, of the account and Region of the store. */
  async offerKey(uriPath: string, externalKeyId: string, keyId: KeyId): Answer<XksStore> {
    if (!externalKeyIdPattern.test(externalKeyId)) return refuse({ code: 'ExternalKeyIdNotValid', externalKeyId });
    const store = await this.parts.stores.find(uriPath);
    if (store === undefined) return refuse({ code: 'XksStoreNotFound', uriPath });
    const key = await this.parts.keys.find({ region: store.region, id: keyId });
    const own = key?.origin === 'AWS_KMS' || key?.origin === 'EXTERNAL';
    if (key?.account !== store.account || key.spec !== 'SYMMETRIC_DEFAULT' || !own || key.manager !== 'CUSTOMER') {
      return refuse({ code: 'KmsKeyUnsuitable', keyId });
    }
    return this.parts.stores.update<XksStoreRefusal>(uriPath, (held) => {
      if (externalKeyOf(held, externalKeyId) !== undefined)
        return refuse({ code: 'ExternalKeyIdTaken', externalKeyId });
      if (held.keys.length >= mostExternalKeys) return refuse({ code: 'TooManyExternalKeys', limit: mostExternalKeys });
      return accept({ ...held, keys: [...held.keys, { externalKeyId, keyId }] });
    });
  }

  async withdrawKey(uriPath: string, externalKeyId: string): Answer<XksStore> {
    return this.parts.stores.update<XksStoreRefusal>(uriPath, (store) =>
      externalKeyOf(store, externalKeyId) === undefined
        ? refuse({ code: 'ExternalKeyNotFound', externalKeyId })
        : accept({ ...store, keys: store.keys.filter((key) => key.externalKeyId !== externalKeyId) }),
    );
  }

  #credential(owner: Tenancy) {
    const { randomness, secrets, clock } = this.parts;
    return newXksCredential(owner, { randomness, secrets, now: clock.now() });
  }
}
