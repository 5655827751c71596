import {
  type Grant,
  type GrantConstraints,
  type GrantId,
  type GrantOperation,
  issuingAccountArn,
} from '@keywarden/grants';
import type { Instant, KeyArn } from '@keywarden/kernel';
import { arnOf } from '@keywarden/keys';
import { type Page, pageSize } from './marker';

/** A grant in the answers of ListGrants and ListRetirableGrants. */
export interface GrantEntry {
  readonly keyId: KeyArn;
  readonly grantId: GrantId;
  /** Empty when the grant has none. */
  readonly name: string;
  readonly creationDate: Instant;
  readonly granteePrincipal?: string;
  readonly granteeServicePrincipal?: string;
  readonly retiringPrincipal?: string;
  readonly retiringServicePrincipal?: string;
  readonly issuingAccount: string;
  readonly operations: readonly GrantOperation[];
  readonly constraints?: GrantConstraints;
}

export interface GrantList {
  readonly grants: readonly GrantEntry[];
  readonly nextMarker?: string;
  readonly truncated: boolean;
}

function grantEntry(grant: Grant): GrantEntry {
  const { grantee, retiring, constraints } = grant;
  return {
    keyId: arnOf(grant.key),
    grantId: grant.id,
    name: grant.name ?? '',
    creationDate: grant.createdAt,
    ...(grantee.kind === 'principal' ? { granteePrincipal: grantee.arn } : { granteeServicePrincipal: grantee.name }),
    ...(retiring?.kind === 'principal' && { retiringPrincipal: retiring.arn }),
    ...(retiring?.kind === 'service' && { retiringServicePrincipal: retiring.name }),
    issuingAccount: issuingAccountArn(grant),
    operations: grant.operations,
    ...(Object.keys(constraints).length > 0 && { constraints }),
  };
}

export function grantList({ items, nextMarker, truncated }: Page<Grant>): GrantList {
  return { grants: items.map(grantEntry), nextMarker, truncated };
}

/** 50 unless the caller asks for another number, and 100 at most. */
export function grantPageSize(asked: number | undefined): number {
  return pageSize(asked, 50, 100);
}
