import type { SecretWrapping } from '@keywarden/crypto';
import {
  type AccessKey,
  type AccessKeyRepository,
  type Account,
  type IdentityRepository,
  type LimitExceeded,
  type NoSuchEntity,
  type EntityAlreadyExists,
  entityAlreadyExists,
  limitExceeded,
  newAccessKeyId,
  newSecretAccessKey,
  noSuchEntity,
  principalQuotas,
} from '@keywarden/identity';
import {
  type AccountId,
  type Clock,
  type Instant,
  type Randomness,
  type Region,
  type Result,
  SecretBytes,
  accept,
  refuse,
} from '@keywarden/kernel';
import { secretAccessKeyPlace } from './secret-access-key-place';

export interface AccountParts {
  readonly identities: IdentityRepository;
  readonly accessKeys: AccessKeyRepository;
  readonly secrets: SecretWrapping;
  readonly randomness: Randomness;
  readonly clock: Clock;
  readonly homeRegion: Region;
}

/** Shown once. */
export interface RootCredentials {
  readonly account: AccountId;
  readonly accessKeyId: string;
  readonly secretAccessKey: SecretBytes;
}

export interface RootAccessKey {
  readonly accessKeyId: string;
  readonly status: AccessKey['status'];
  readonly createdAt: Instant;
}

/** What the operator of a deployment does, beside and above its tenants: reached by a command, never over the wire. */
export class AccountAdministration {
  constructor(private readonly parts: AccountParts) {}

  /** With the first access key of its root user. */
  async createAccount(account: AccountId): Promise<Result<RootCredentials, EntityAlreadyExists>> {
    const { credentials, accessKey } = await this.#freshKey(account);
    const created = await this.parts.accessKeys.insertAccount(
      { id: account, createdAt: accessKey.createdAt },
      accessKey,
    );
    return created ? accept(credentials) : refuse(entityAlreadyExists('account', account));
  }

  /** Oldest first. @param limit 1 to 10,000 */
  listAccounts(limit: number): Promise<readonly Account[]> {
    return this.parts.identities.listAccounts(limit);
  }

  /** A second one, to change keys without a gap. */
  async createRootAccessKey(account: AccountId): Promise<Result<RootCredentials, NoSuchEntity | LimitExceeded>> {
    if ((await this.parts.identities.findAccount(account)) === undefined)
      return refuse(noSuchEntity('account', account));
    const { credentials, accessKey } = await this.#freshKey(account);
    const inserted = await this.parts.accessKeys.insert(accessKey, principalQuotas.AccessKeysPerUser);
    if (inserted.ok) return accept(credentials);
    if (inserted.refusal.code === 'QuotaReached') return refuse(limitExceeded('AccessKeysPerUser'));
    return refuse(noSuchEntity('account', account));
  }

  async listRootAccessKeys(account: AccountId): Promise<Result<readonly RootAccessKey[], NoSuchEntity>> {
    if ((await this.parts.identities.findAccount(account)) === undefined)
      return refuse(noSuchEntity('account', account));
    const keys = await this.parts.accessKeys.list({ account });
    return accept(keys.map(({ id, status, createdAt }) => ({ accessKeyId: id, status, createdAt })));
  }

  async setRootAccessKeyStatus(
    account: AccountId,
    accessKeyId: string,
    status: AccessKey['status'],
  ): Promise<Result<void, NoSuchEntity>> {
    const found = await this.parts.accessKeys.setStatus({ account }, accessKeyId, status);
    return found ? accept(undefined) : refuse(noSuchEntity('access-key', accessKeyId));
  }

  async deleteRootAccessKey(account: AccountId, accessKeyId: string): Promise<Result<void, NoSuchEntity>> {
    const found = await this.parts.accessKeys.remove({ account }, accessKeyId);
    return found ? accept(undefined) : refuse(noSuchEntity('access-key', accessKeyId));
  }

  async #freshKey(account: AccountId): Promise<{ credentials: RootCredentials; accessKey: AccessKey }> {
    const { randomness, secrets, clock, homeRegion: wrappedIn } = this.parts;
    const id = newAccessKeyId('long-term', randomness);
    const secretAccessKey = SecretBytes.adopt(newSecretAccessKey(randomness));
    const wrappedSecret = await secrets.wrap(secretAccessKeyPlace({ account, wrappedIn, id }), secretAccessKey);
    const accessKey: AccessKey = { id, account, status: 'Active', wrappedSecret, wrappedIn, createdAt: clock.now() };
    return { credentials: { account, accessKeyId: id, secretAccessKey }, accessKey };
  }
}
