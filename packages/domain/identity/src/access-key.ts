import type { AccountId, Instant, Region } from '@keywarden/kernel';

/** A tenant: owns keys, aliases and principals, and sees nothing of other tenants. */
export interface Account {
  readonly id: AccountId;
  readonly createdAt: Instant;
}

/** A long-term credential. The secret is stored wrapped and never leaves the process that verifies signatures. */
export interface AccessKey {
  /** 16 to 128 characters; generated ones are `AKIA` and 16 more. */
  readonly id: string;
  readonly account: AccountId;
  /** Unique id of the user whose key it is; absent: the root user's. */
  readonly userId?: string;
  readonly status: 'Active' | 'Inactive';
  /** Wrapped under the domain key of the account in `wrappedIn`, bound to the access key id. */
  readonly wrappedSecret: Uint8Array;
  readonly wrappedIn: Region;
  readonly createdAt: Instant;
}

export interface IdentityRepository {
  findAccount(id: AccountId): Promise<Account | undefined>;
  findAccessKey(id: string): Promise<AccessKey | undefined>;
  /** Oldest first; at most `limit`. */
  listAccounts(limit: number): Promise<readonly Account[]>;
  /** Stores the first account with its root user's access key. @returns false when there is an account already; nothing is stored then */
  createFirstAccount(account: Account, accessKey: AccessKey): Promise<boolean>;
}
