import { createHash } from 'node:crypto';
import {
  type ContextPairs,
  type Grant,
  type GrantConstraints,
  type GrantId,
  type GrantParty,
  type GrantTerms,
  inModelOrder,
  isGrantOperation,
  parseGrantId,
} from '@keywarden/grants';
import { instant, parseAccountId, parseKeyId } from '@keywarden/kernel';
import { corrupt } from './corrupt-row';
import { tenancyOf } from './key-row';

export interface GrantRow {
  readonly account_id: string;
  readonly region: string;
  readonly key_id: string;
  readonly grant_id: string;
  readonly grantee: string;
  readonly retiring: string | null;
  readonly operations: readonly string[];
  readonly constraints: StoredConstraints;
  readonly name: string | null;
  readonly issuing_account_id: string;
  readonly parent_grant_id: string | null;
  readonly created_at: number;
}

/** The pairs as a list: a JSON object would give `__proto__` a meaning. */
interface StoredConstraints {
  readonly equals?: readonly (readonly [name: string, value: string])[];
  readonly subset?: readonly (readonly [name: string, value: string])[];
  readonly sourceArn?: string;
}

export const grantColumns = `account_id, region, key_id, grant_id, grantee, retiring, operations, constraints, name,
  issuing_account_id, parent_grant_id, created_at`;

/** @throws Error when the row holds something this release cannot read */
export function grantOf(row: GrantRow): Grant {
  const { retiring, name, parent_grant_id: parent } = row;
  return {
    id: idOf(row.grant_id),
    key: { ...tenancyOf(row), id: parseKeyId(row.key_id) ?? corrupt('key_id') },
    grantee: partyOf(row.grantee),
    ...(retiring !== null && { retiring: partyOf(retiring) }),
    operations: row.operations.map((operation) => (isGrantOperation(operation) ? operation : corrupt('operations'))),
    constraints: constraintsOf(row.constraints),
    ...(name !== null && { name }),
    issuingAccount: parseAccountId(row.issuing_account_id) ?? corrupt('issuing_account_id'),
    ...(parent !== null && { parent: idOf(parent) }),
    createdAt: instant(row.created_at),
  };
}

/** In the order of `grantColumns`, and the digest of the terms. */
export function grantValues(grant: Grant): readonly unknown[] {
  const { key, id, grantee, retiring, operations, constraints, name, issuingAccount, parent, createdAt } = grant;
  return [
    ...[key.account, key.region, key.id, id],
    ...[partyText(grantee), retiring === undefined ? null : partyText(retiring)],
    ...[operations, constraintsText(constraints), name ?? null],
    ...[issuingAccount, parent ?? null, createdAt],
    termsDigest(grant) ?? null,
  ];
}

/** Equal for equal terms, and for them alone. @returns undefined for terms without a name, which are never repeated */
export function termsDigest(terms: GrantTerms): Uint8Array | undefined {
  const { grantee, retiring, operations, constraints, name, issuingAccount, parent } = terms;
  if (name === undefined) return undefined;
  const parties = [partyText(grantee), retiring === undefined ? null : partyText(retiring)];
  const facts = [
    1,
    name,
    ...parties,
    inModelOrder(operations),
    constraintsText(constraints),
    issuingAccount,
    parent ?? null,
  ];
  return createHash('sha256').update(JSON.stringify(facts)).digest();
}

/** Names of services have no colon, so the two kinds cannot be mistaken for each other. */
export function partyText(party: GrantParty): string {
  return party.kind === 'principal' ? party.arn : party.name;
}

function partyOf(text: string): GrantParty {
  return text.includes(':') ? { kind: 'principal', arn: text } : { kind: 'service', name: text };
}

function idOf(text: string): GrantId {
  return parseGrantId(text) ?? corrupt('grant_id');
}

function constraintsText(constraints: GrantConstraints): string {
  const { encryptionContextEquals: equals, encryptionContextSubset: subset, sourceArn } = constraints;
  const stored: StoredConstraints = {
    ...(equals !== undefined && { equals: sorted(equals) }),
    ...(subset !== undefined && { subset: sorted(subset) }),
    ...(sourceArn !== undefined && { sourceArn }),
  };
  return JSON.stringify(stored);
}

function constraintsOf({ equals, subset, sourceArn }: StoredConstraints): GrantConstraints {
  return {
    ...(equals !== undefined && { encryptionContextEquals: Object.fromEntries(equals) }),
    ...(subset !== undefined && { encryptionContextSubset: Object.fromEntries(subset) }),
    ...(sourceArn !== undefined && { sourceArn }),
  };
}

function sorted(pairs: ContextPairs): readonly (readonly [name: string, value: string])[] {
  return Object.entries(pairs).sort(([left], [right]) => (left < right ? -1 : 1));
}
