import type { Grant, GrantConstraints } from '@keywarden/grants';
import type { Caller } from '@keywarden/identity';
import type { AccountId, Instant, Region, Result } from '@keywarden/kernel';
import type { KmsKey, Tag } from '@keywarden/keys';
import type { AuthorisedCall, AuthorisedUse, KmsAction } from './authorised-use';
import type { GrantSelection } from './grant-selection';

/** Where a request came from and when. */
export interface RequestOrigin {
  readonly region: Region;
  readonly now: Instant;
  readonly sourceIp: string | undefined;
  readonly secureTransport: boolean;
  readonly userAgent: string | undefined;
  /** The id of the request; absent for decisions that nothing follows from. */
  readonly requestId?: string;
}

/** The measurements of a verified attestation document. */
export interface AttestedMeasurements {
  readonly kind: 'NitroEnclave' | 'NitroTPM';
  /** Register values in lower-case hexadecimal by index. */
  readonly pcrs: ReadonlyMap<number, string>;
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
  readonly multiRegionKeyType?: 'PRIMARY' | 'REPLICA';
  readonly requestTags?: readonly Tag[];
  readonly tagKeys?: readonly string[];
  readonly scheduleKeyDeletionPendingWindowInDays?: number;
  readonly rotationPeriodInDays?: number;
  /** Whole days since the last cryptographic use of the key. */
  readonly trailingDaysWithoutKeyUsage?: number;
  readonly wrappingAlgorithm?: string;
  readonly wrappingKeySpec?: string;
  readonly expirationModel?: string;
  readonly validTo?: Instant;
  readonly replicaRegion?: string;
  readonly primaryRegion?: string;
  readonly granteePrincipal?: string;
  readonly granteeServicePrincipal?: string;
  readonly retiringPrincipal?: string;
  readonly retiringServicePrincipal?: string;
  readonly grantOperations?: readonly string[];
  readonly grantConstraintType?: string;
  /** Of the grant that CreateGrant asks for; without it nobody may pass on what a grant allows. */
  readonly grantConstraints?: GrantConstraints;
  readonly grantId?: string;
  /** Whom the answer is for, when only an attested recipient shall read it. */
  readonly recipientAttestation?: AttestedMeasurements;
}

export interface UseRequest<A extends KmsAction> {
  readonly caller: Caller;
  readonly action: A;
  readonly key: KmsKey;
  readonly origin: RequestOrigin;
  readonly facts: RequestFacts;
  /** 0 to 10 grant tokens, as given. */
  readonly grantTokens: readonly string[];
  /** The grants on this key to the caller and to its account; absent until a decision asks for them. */
  readonly grants?: GrantSelection;
  /** The grants that the grant tokens name; absent until a decision asks for them. */
  readonly grantsByToken?: readonly Grant[];
  /** The names of all aliases of the key; absent until a decision asks for them. */
  readonly aliases?: readonly string[];
}

export interface CallRequest<A extends KmsAction> {
  readonly caller: Caller;
  readonly action: A;
  readonly account: AccountId;
  /** The ARN the decision is about; `*` for operations without a resource. */
  readonly resource: string;
  readonly origin: RequestOrigin;
  readonly facts: RequestFacts;
  /** A grant allows this already, so that only a Deny of the caller's policies can forbid it. */
  readonly allowedByGrant?: boolean;
}

/** What kept the caller from it: no policy of a kind allowed, or one of that kind denied. */
export type DenialReason =
  | 'NoIdentityPolicyAllows'
  | 'NoResourcePolicyAllows'
  | 'NoSessionPolicyAllows'
  | 'NoPermissionsBoundaryAllows'
  | 'IdentityPolicyDenies'
  | 'ResourcePolicyDenies'
  | 'SessionPolicyDenies'
  | 'PermissionsBoundaryDenies';

/** Why KMS said no; the sentence is made at the protocol edge. */
export interface AccessDenied {
  readonly code: 'AccessDenied';
  readonly callerArn: string;
  readonly action: KmsAction;
  readonly resource: string;
  readonly reason: DenialReason;
}

/** The member of a use request that a decision may turn out to depend on; most never do, so it is looked up when asked. */
export type Evidence = 'grants' | 'grantsByToken' | 'aliases';

/** Not decided: the answer depends on what the request does not say yet. Ask again with it. */
export interface EvidenceNeeded {
  readonly code: 'EvidenceNeeded';
  readonly evidence: Evidence;
  /** The answer where the evidence cannot be had. */
  readonly otherwise: AccessDenied;
}

/** Decides who may do what. The decision is pure and takes microseconds: everything it needs is in the request. */
export interface Authoriser {
  mayUse<A extends KmsAction>(request: UseRequest<A>): Result<AuthorisedUse<A>, AccessDenied | EvidenceNeeded>;
  mayCall<A extends KmsAction>(request: CallRequest<A>): Result<AuthorisedCall<A>, AccessDenied>;
}
