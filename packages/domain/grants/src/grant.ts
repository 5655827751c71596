import {
  type AccountId,
  type Brand,
  type Instant,
  type Randomness,
  type Tenancy,
  partitionOf,
} from '@keywarden/kernel';
import type { KeyName } from '@keywarden/keys';
import { type ContextPairs, type GrantConstraints, contextAllowed, sameConstraints } from './grant-constraints';
import { type GrantOperation, inModelOrder } from './grant-operations';
import { type GrantParty, partyName } from './grant-party';

/** 64 lower-case hexadecimal digits. */
export type GrantId = Brand<string, 'GrantId'>;

/** What a grant says; two grants of one key that say the same differ in id and date alone. */
export interface GrantTerms {
  readonly grantee: GrantParty;
  readonly retiring?: GrantParty;
  /** At least one; each once, in the order of the service model. */
  readonly operations: readonly GrantOperation[];
  readonly constraints: GrantConstraints;
  /** 1 to 256 characters; makes a repeated request answer with the grant it made before. */
  readonly name?: string;
  /** The account of whoever created the grant. */
  readonly issuingAccount: AccountId;
  /** The grant whose CreateGrant permission was used to make this one. */
  readonly parent?: GrantId;
}

/** A permission to use one KMS key; it never changes, and ends by being retired, revoked or with its key. */
export interface Grant extends GrantTerms {
  readonly id: GrantId;
  /** The key with its account. */
  readonly key: Tenancy & KeyName;
  readonly createdAt: Instant;
}

const grantIdPattern = /^[0-9a-f]{64}$/;

export function parseGrantId(text: string): GrantId | undefined {
  return grantIdPattern.test(text) ? (text as GrantId) : undefined;
}

/** 256 random bits: nobody who was not told an id comes by it. */
export function newGrantId(randomness: Randomness): GrantId {
  return Array.from(randomness.bytes(32), (byte) => byte.toString(16).padStart(2, '0')).join('') as GrantId;
}

/** Would a grant with these terms be a repetition of the other? The order of operations does not matter. */
export function sameTerms(one: GrantTerms, other: GrantTerms): boolean {
  return (
    one.name === other.name &&
    one.issuingAccount === other.issuingAccount &&
    one.parent === other.parent &&
    partyName(one.grantee) === partyName(other.grantee) &&
    (one.retiring && partyName(one.retiring)) === (other.retiring && partyName(other.retiring)) &&
    inModelOrder(one.operations).join() === inModelOrder(other.operations).join() &&
    sameConstraints(one.constraints, other.constraints)
  );
}

/** As IssuingAccount shows it: `arn:aws:iam::111122223333:root`. */
export function issuingAccountArn({ key, issuingAccount }: Pick<Grant, 'key' | 'issuingAccount'>): string {
  return `arn:${partitionOf(key.region)}:iam::${issuingAccount}:root`;
}

/** The request as far as constraints look at it. */
export interface ConstrainedRequest {
  /** The empty one when the request has none. */
  readonly encryptionContext: ContextPairs;
  /** The resource on whose behalf an AWS service makes the request; absent when no service does. */
  readonly sourceArn?: string;
}

/** Operations whose requests have no encryption context, so that constraints on it say nothing about them. */
const withoutContext: ReadonlySet<GrantOperation> = new Set(['CreateGrant', 'RetireGrant', 'DescribeKey']);

/**
 * Does the grant, as far as it goes, allow the operation? It can only add: a Deny elsewhere still wins. For CreateGrant
 * `mayDelegate` must hold as well.
 *
 * @param granteeMatches is the caller the one the grant names? `partyName` is the spelling to compare
 */
export function grantAllows(
  grant: Pick<Grant, 'grantee' | 'operations' | 'constraints'>,
  operation: GrantOperation,
  granteeMatches: (grantee: GrantParty) => boolean,
  request: ConstrainedRequest,
): boolean {
  if (!grant.operations.includes(operation) || !granteeMatches(grant.grantee)) return false;
  if (!sourceAllowed(grant.constraints, operation, request.sourceArn)) return false;
  return withoutContext.has(operation) || contextAllowed(grant.constraints, request.encryptionContext);
}

/** A grant for one source is none for direct calls; RetireGrant is free of it, DescribeKey where no source is named. */
function sourceAllowed({ sourceArn }: GrantConstraints, operation: GrantOperation, given: string | undefined): boolean {
  if (sourceArn === undefined || sourceArn === given || operation === 'RetireGrant') return true;
  return operation === 'DescribeKey' && given === undefined;
}
