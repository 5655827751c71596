import type { AccessKey, Account, Principal } from '@keywarden/identity';
import type { AccountId } from '@keywarden/kernel';

/** What Postgres keeps in the tables of identities. No call awaits between reading and writing them. */
export interface IdentityTables {
  readonly accounts: Map<AccountId, Account>;
  readonly accessKeys: Map<string, AccessKey>;
  /** By unique id. */
  readonly principals: Map<string, Principal>;
  /** Names that somebody had and gave up, by account, kind and name key. */
  readonly formerNames: Set<string>;
}

export function emptyIdentityTables(): IdentityTables {
  return { accounts: new Map(), accessKeys: new Map(), principals: new Map(), formerNames: new Set() };
}
