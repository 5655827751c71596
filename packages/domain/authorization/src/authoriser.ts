import type { Caller } from '@keywarden/identity';
import type { AccountId, Region, Result } from '@keywarden/kernel';
import type { KmsKey } from '@keywarden/keys';
import type { AuthorisedCall, AuthorisedUse, KmsAction } from './authorised-use';

/** Values of condition keys by their lower-case name; undefined when the key is absent from the request. */
export type ConditionValues = (key: string) => readonly string[] | undefined;

export interface UseRequest<A extends KmsAction> {
  readonly caller: Caller;
  readonly action: A;
  readonly key: KmsKey;
  readonly conditions: ConditionValues;
  /** 0 to 10 grant tokens, as given. */
  readonly grantTokens: readonly string[];
}

export interface CallRequest<A extends KmsAction> {
  readonly caller: Caller;
  readonly action: A;
  readonly account: AccountId;
  readonly region: Region;
  /** The ARN the decision is about; `*` for operations without a resource. */
  readonly resource: string;
  readonly conditions: ConditionValues;
}

/** Why KMS said no; the sentence is made at the protocol edge. */
export interface AccessDenied {
  readonly code: 'AccessDenied';
  readonly callerArn: string;
  readonly action: KmsAction;
  readonly resource: string;
  readonly reason: 'NoIdentityPolicyAllows' | 'NoResourcePolicyAllows' | 'NoSessionPolicyAllows';
}

/** Decides who may do what. The decision is pure and takes microseconds: everything it needs is in the request. */
export interface Authoriser {
  mayUse<A extends KmsAction>(request: UseRequest<A>): Result<AuthorisedUse<A>, AccessDenied>;
  mayCall<A extends KmsAction>(request: CallRequest<A>): Result<AuthorisedCall<A>, AccessDenied>;
}
