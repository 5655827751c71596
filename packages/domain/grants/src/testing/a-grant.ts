import { instant } from '@keywarden/kernel';
import { aKmsKey } from '@keywarden/keys/testing';
import type { Grant, GrantId, GrantTerms } from '../grant';
import { noConstraints } from '../grant-constraints';
import type { GrantParty } from '../grant-party';

const { account, region, id } = aKmsKey();

/** A user of the account of `aKmsKey`. */
export function aUser(name = 'Alice'): GrantParty {
  return { kind: 'principal', arn: `arn:aws:iam::${account}:user/${name}` };
}

/** 64 digits that end in `index`, so that ids sort as their indexes do. */
export function numberedGrantId(index: number): GrantId {
  return index.toString(16).padStart(64, '0') as GrantId;
}

/** Alice may encrypt and decrypt, changed as a test needs it. */
export function grantTerms(changes: Partial<GrantTerms> = {}): GrantTerms {
  return {
    grantee: aUser(),
    operations: ['Decrypt', 'Encrypt'],
    constraints: noConstraints,
    issuingAccount: account,
    ...changes,
  };
}

/** A grant on `aKmsKey`, changed as a test needs it. */
export function aGrant(changes: Partial<Grant> = {}): Grant {
  const createdAt = instant(Date.UTC(2026, 0, 2));
  return { ...grantTerms(), id: numberedGrantId(1), key: { account, region, id }, createdAt, ...changes };
}
