import type { Tenancy } from '@keywarden/kernel';
import type { KeyName } from '@keywarden/keys';
import type { Grant, GrantId } from './grant';

/** What a token says it stands for; nothing of it is proven. */
export interface ClaimedGrant {
  readonly key: KeyName;
  readonly grantId: GrantId;
}

/**
 * Grant tokens: text that names a grant and proves that this service issued it. A token is no permission and no secret:
 * whoever presents it must still be the one the grant names.
 */
export interface GrantTokens {
  /** @returns another text each time, 1 to 8,192 characters of `[A-Za-z0-9_-]` */
  issue(grant: Pick<Grant, 'id' | 'key'>): Promise<string>;

  /** What the token is about, to find the key by. @returns undefined when it is no token at all */
  claimed(token: string): ClaimedGrant | undefined;

  /**
   * @param key an existing key, with its account
   * @returns the grant that the token was issued for; undefined unless it was issued for a grant on this very key
   */
  read(token: string, key: Tenancy & KeyName): Promise<GrantId | undefined>;
}
