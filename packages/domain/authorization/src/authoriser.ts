import type { Caller } from '@keywarden/identity';
import type { AccountId, Instant, Region, Result } from '@keywarden/kernel';
import type { KmsKey, Tag } from '@keywarden/keys';
import type { AuthorisedCall, AuthorisedUse, KmsAction } from './authorised-use';

/** Where a request came from and when. */
export interface RequestOrigin {
  readonly region: Region;
  readonly now: Instant;
  readonly sourceIp: string | undefined;
  readonly secureTransport: boolean;
  readonly userAgent: string | undefined;
}

/** What the request asks for, as far as conditions of policies and grants may look at it; effective values. */
export interface RequestFacts {
  readonly encryptionAlgorithm?: string;
  readonly encryptionContext?: Readonly<Record<string, string>>;
  readonly signingAlgorithm?: string;
  readonly messageType?: string;
  readonly macAlgorithm?: string;
  readonly keyAgreementAlgorithm?: string;
  readonly dataKeyPairSpec?: string;
  /** The alias name or ARN by which the key was named. */
  readonly requestAlias?: string;
  readonly reEncryptOnSameKey?: boolean;
  readonly bypassPolicyLockoutSafetyCheck?: boolean;
  readonly keySpec?: string;
  readonly keyUsage?: string;
  readonly keyOrigin?: string;
  readonly multiRegion?: boolean;
  readonly requestTags?: readonly Tag[];
  readonly tagKeys?: readonly string[];
  readonly scheduleKeyDeletionPendingWindowInDays?: number;
  readonly rotationPeriodInDays?: number;
  readonly wrappingAlgorithm?: string;
  readonly wrappingKeySpec?: string;
  readonly expirationModel?: string;
  readonly validTo?: Instant;
  readonly replicaRegion?: string;
  readonly primaryRegion?: string;
  readonly granteePrincipal?: string;
  readonly retiringPrincipal?: string;
  readonly grantOperations?: readonly string[];
  readonly grantConstraintType?: string;
  readonly grantId?: string;
}

export interface UseRequest<A extends KmsAction> {
  readonly caller: Caller;
  readonly action: A;
  readonly key: KmsKey;
  readonly origin: RequestOrigin;
  readonly facts: RequestFacts;
  /** 0 to 10 grant tokens, as given. */
  readonly grantTokens: readonly string[];
}

export interface CallRequest<A extends KmsAction> {
  readonly caller: Caller;
  readonly action: A;
  readonly account: AccountId;
  /** The ARN the decision is about; `*` for operations without a resource. */
  readonly resource: string;
  readonly origin: RequestOrigin;
  readonly facts: RequestFacts;
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
