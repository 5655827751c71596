import type { Caller } from '@keywarden/identity';
import type { AccountId } from '@keywarden/kernel';
import type { KmsKey } from '@keywarden/keys';
import type { KmsAction } from './authorised-use';
import type { RequestFacts, RequestOrigin } from './authoriser';

/** What conditions may ask about. */
export interface Asked {
  readonly caller: Caller;
  readonly action: KmsAction;
  readonly origin: RequestOrigin;
  readonly facts: RequestFacts;
  /** The account that owns the resource. */
  readonly account: AccountId;
  /** Absent for operations that concern no single key. */
  readonly key: KmsKey | undefined;
}

/** The values of a condition key; undefined or empty: the request has no such key. */
export type Values = readonly string[] | undefined;

export function one(value: string | number | boolean | undefined): Values {
  return value === undefined ? undefined : [String(value)];
}
